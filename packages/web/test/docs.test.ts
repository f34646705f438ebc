import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { stage } from './support/setup.js';

const setup = stage();
const root = fileURLToPath(new URL('../../..', import.meta.url));

const pages = ['docs/browser.md', 'packages/web/README.md', 'README.md'];
/** Blocks fenced as `ts browser`; those that are `no-run` too are compiled by check:docs only. */
const blocks = pages.flatMap((page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const found = [...text.matchAll(/^```ts browser\n([\s\S]*?)^```/gm)];
  return found.map(([, code = ''], i) => [`${page}, block ${i + 1}`, code] as const);
});

// What the examples find on their page.
const html = `<!doctype html><link rel="icon" href="data:,">
<img src="/fixtures/scenes/images/000.png"><canvas></canvas><progress></progress><input>
<script type="module" src="/page/block.js"></script>`;

it('there are examples', () => expect(blocks.length).toBeGreaterThan(5));

it.each(blocks)('%s runs', async (_, code) => {
  await build({
    stdin: { contents: `${code}\ndocument.title = 'done';`, loader: 'ts', resolveDir: root },
    outfile: join(setup.folder, 'page/block.js'),
    ...{ bundle: true, format: 'esm', target: 'es2022', platform: 'browser' },
    ...{ external: ['onnxruntime-web'], conditions: ['import', 'default'], logLevel: 'error' },
  });
  writeFileSync(join(setup.folder, 'page/block.html'), html);
  const page = await setup.open();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`${setup.server.url}/page/block.html`);
  const done = page.waitForFunction(() => document.title === 'done', undefined, {
    timeout: 30_000,
  });
  await done.catch((error) => problems.push(error.message));
  expect(problems).toEqual([]);
});
