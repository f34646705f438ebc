// Follows the README's steps for a new user: Vite's React scaffold, the packed packages, and the
// README's two files. The test adds no line to the app.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/browser/chromium.js';
import { createFileServer } from '../../scripts/browser/file-server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const pages = ['README.md', 'docs/getting-started.md'];
const files = ['src/App.jsx', 'vite.config.js'];

const run = (cwd: string, command: string, ...args: string[]) =>
  promisify(execFile)(command, args, { cwd, maxBuffer: 2 ** 26 });

/** Returns the page's code block whose first line names the file. */
function blockOf(page: string, file: string): string {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^```\w+\n\/\/ (\S+)\n([\s\S]*?)^```/gm)];
  const [, , code] = blocks.find(([, name]) => name === file) ?? [];
  if (code === undefined) throw new Error(`${page} shows no ${file}.`);
  return code;
}

const linesOf = (code: string) => code.split('\n').filter((line) => line.trim() !== '');

let folder: string;
let app: string;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clipseg-new-app-'));
  app = join(folder, 'app');
  const create = join(require.resolve('create-vite/package.json'), '../index.js');
  await run(folder, process.execPath, create, 'app', '--template', 'react', '--no-interactive');
  const packed = ['core', 'mini', 'web', 'react'].map(async (name) => {
    const cwd = join(root, 'packages', name);
    const { stdout } = await run(cwd, 'npm', 'pack', '--silent', '--pack-destination', folder);
    return join(folder, stdout.trim());
  });
  const quick = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await run(app, 'npm', 'install', ...quick, ...(await Promise.all(packed)));
  cpSync(join(app, 'vite.config.js'), join(app, 'scaffold.config.js'));
  for (const file of files) writeFileSync(join(app, file), blockOf('README.md', file));
  cpSync(join(root, 'examples/images/meadow.png'), join(app, 'public/photo.png'));
  await run(app, 'npm', 'run', 'build');
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Returns the segments' shares in the canvas's label, and its tinted share, in percent. */
async function masksAt(url: string) {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(url);
  const canvas = page.getByRole('img', { name: /cow.*balloon/ });
  await canvas.waitFor().catch((error) => problems.push(error.message));
  const label = (await canvas.getAttribute('aria-label')) ?? '';
  const tinted = await canvas.evaluate(async (element) => {
    const shown = element as HTMLCanvasElement;
    const { width, height } = shown;
    const pixels = (of: CanvasImageSource) => {
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      const context = canvas.getContext('2d')!;
      context.drawImage(of, 0, 0);
      return new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    };
    const image = Object.assign(new Image(), { src: '/photo.png' });
    await image.decode();
    const before = pixels(image);
    const changed = pixels(shown).filter((pixel, i) => pixel !== before[i]).length;
    return (100 * changed) / before.length;
  });
  await page.screenshot({ path: join(mkdirs('out/integrations'), 'new-app.png') });
  await page.close();
  expect(problems).toEqual([]);
  return { shares: [...label.matchAll(/(\d+) %/g)].map(([, share]) => Number(share)), tinted };
}

function mkdirs(path: string): string {
  mkdirSync(join(root, path), { recursive: true });
  return join(root, path);
}

/** The cow covers about 5 % of the image, the balloon less. */
async function expectMasks(url: string): Promise<void> {
  const { shares, tinted } = await masksAt(url);
  const [cow = 0, balloon = 0] = shares;
  expect(cow).toBeGreaterThanOrEqual(3);
  expect(cow).toBeLessThanOrEqual(8);
  expect(balloon).toBeGreaterThanOrEqual(1);
  expect(balloon).toBeLessThanOrEqual(5);
  expect(tinted).toBeGreaterThan(4);
  expect(tinted).toBeLessThan(15);
}

it('needs at most 15 lines of the user', () => {
  const scaffold = readFileSync(
    join(require.resolve('create-vite/package.json'), '../template-react/vite.config.js'),
    'utf8',
  );
  // Ignore semicolons.
  const plain = (line: string) => line.trim().replace(/;$/, '');
  const scaffoldLines = new Set(linesOf(scaffold).map(plain));
  const config = linesOf(blockOf('README.md', 'vite.config.js')).map(plain);
  const added = config.filter((line) => !scaffoldLines.has(line));
  expect(added.length).toBeGreaterThan(0);
  expect(added.length + linesOf(blockOf('README.md', 'src/App.jsx')).length).toBeLessThanOrEqual(
    15,
  );
});

it.each(files)('every page shows the same %s', (file) => {
  const [first, ...others] = pages.map((page) => blockOf(page, file));
  for (const other of others) expect(other).toBe(first);
});

it('shows masks in development', async () => {
  const vite = pathToFileURL(join(app, 'node_modules/vite/dist/node/index.js')).href;
  const { createServer } = await import(vite);
  const server = await createServer({ root: app, logLevel: 'silent', server: { port: 0 } });
  await server.listen();
  await expectMasks(server.resolvedUrls.local[0]).finally(() => server.close());
});

it.each([false, true])('shows masks when built; with threads: %s', async (isolated) => {
  const server = await createFileServer({ '/': join(app, 'dist') });
  server.isolated = isolated;
  await expectMasks(server.url).finally(() => server.close());
});

it('says what is missing if the worker is not an ES module, so that threads cannot start', async () => {
  const vite = join(app, 'node_modules/vite/bin/vite.js');
  const options = ['--config', 'scaffold.config.js', '--outDir', 'classic'];
  await run(app, process.execPath, vite, 'build', ...options);
  const server = await createFileServer({ '/': join(app, 'classic') });
  const page = await browser.newPage();
  const failure = page.waitForEvent('pageerror', {
    predicate: ({ message }) => message.startsWith('The worker failed'), // from `useSegmentation`
  });
  await page.goto(server.url);
  expect((await failure).message).toContain("worker: { format: 'es' }");
  await page.close();
  await server.close();
});
