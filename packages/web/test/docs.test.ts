import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { stage } from './support/setup.js';

const setup = stage();
const root = fileURLToPath(new URL('../../..', import.meta.url));

const guides = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'));
const pages = [
  'README.md',
  'packages/web/README.md',
  'packages/react/README.md',
  ...guides.map((file) => `docs/${file}`),
];
/** Blocks fenced as `ts browser` or `tsx`; check:docs only compiles those with `no-run`. */
const blocks = pages.flatMap((page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const found = [...text.matchAll(/^```(ts browser|tsx)\n([\s\S]*?)^```/gm)];
  return found.map(([, fence, code = ''], i) => [`${page}, ${fence} ${i + 1}`, code] as const);
});
const scripts = blocks.filter(([name]) => !name.includes('tsx'));
/** The README's block is in other pages, too. */
const components = blocks.filter(
  ([name, code], i) => name.includes('tsx') && blocks.findIndex(([, one]) => one === code) === i,
);

// The elements that the examples expect.
const html = `<!doctype html><link rel="icon" href="data:,">
<img src="/fixtures/scenes/images/000.png"><canvas></canvas><progress></progress><input>
<script type="module" src="/page/block.js"></script>`;
const rootHtml = `<!doctype html><link rel="icon" href="data:,"><div id="root"></div>
<script type="module" src="/page/block.js"></script>`;

/** Renders the component that the block exports, within a provider. */
const mount = `import { ClipSegProvider } from '@clipseg/react';
import { createClipSeg, decodeImage } from '@clipseg/web';
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import Example from './block.tsx';

const adapter = { create: createClipSeg, decode: decodeImage };
const provided = createElement(ClipSegProvider, adapter, createElement(Example));
createRoot(document.querySelector('#root')).render(createElement(StrictMode, null, provided));
`;

async function open(name: string, files: Record<string, string>, pageHtml: string) {
  for (const [file, text] of Object.entries(files)) writeFileSync(join(setup.folder, file), text);
  await build({
    entryPoints: [join(setup.folder, name)],
    outfile: join(setup.folder, 'page/block.js'),
    nodePaths: [join(root, 'node_modules')],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    jsx: 'automatic',
    external: ['onnxruntime-web'],
    conditions: ['import', 'default'],
    logLevel: 'error',
  });
  writeFileSync(join(setup.folder, 'page/block.html'), pageHtml);
  const page = await setup.open();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`${setup.server.url}/page/block.html`);
  return { page, problems };
}

const label = (page: Page) => page.getByRole('img').getAttribute('aria-label');

it('finds examples', () => {
  expect(scripts.length).toBeGreaterThan(5);
  expect(components.length).toBeGreaterThan(5);
});

it.each(scripts)('%s runs', async (_, code) => {
  const files = { 'block.ts': `${code}\ndocument.title = 'done';` };
  const { page, problems } = await open('block.ts', files, html);
  const done = page.waitForFunction(() => document.title === 'done', undefined, {
    timeout: 30_000,
  });
  await done.catch((error) => problems.push(error.message));
  expect(problems).toEqual([]);
});

it.each(components)('%s shows a mask', async (_, code) => {
  const files = { 'block.tsx': code, 'mount.ts': mount };
  const { page, problems } = await open('mount.ts', files, rootHtml);
  // Agree to load the model, if asked.
  if (code.includes('clipSeg.load')) await page.getByRole('button', { name: /^Load/ }).click();
  const mask = page.getByRole('img', { name: /[1-9]\d* %/ });
  await mask.waitFor({ timeout: 30_000 }).catch((error) => problems.push(error.message));
  expect(problems).toEqual([]);
  expect(await label(page)).toMatch(/^image with (cow|like this), \d+ %/);
});
