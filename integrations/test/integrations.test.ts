import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/browser/chromium.js';
import { createFileServer } from '../../scripts/browser/file-server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = (name: string) => join(root, 'integrations', name);
const screenshots = join(root, 'out/integrations');

/** The folder of the built page, and the path at which it is served. */
const pages = {
  vite: ['vite/dist', '/'],
  webpack: ['webpack/dist', '/'],
  rollup: ['rollup/dist', '/'],
  esbuild: ['esbuild/dist', '/'],
} as const;
type Name = keyof typeof pages;
const names = Object.keys(pages) as Name[];

let browser: Browser;
beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  browser = await launchChromium();
});
afterAll(() => browser?.close());

async function bundle(name: Name): Promise<void> {
  await promisify(execFile)('npm', ['run', 'bundle'], { cwd: folder(name), maxBuffer: 2 ** 26 });
}

describe.each(names)('%s', (name) => {
  const [built, path] = pages[name];

  it('builds, and shows a mask', async () => {
    await bundle(name);
    const server = await createFileServer({
      '/node_modules/': join(root, 'node_modules'),
      '/': folder(built),
    });
    const context = await browser.newContext({ viewport: { width: 800, height: 760 } });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('response', (response) => {
      if (response.status() >= 400) problems.push(`${response.url()}: ${response.status()}`);
    });
    await page.goto(server.url + path);
    await page
      .waitForFunction(() => document.querySelector('output')?.value, undefined, {
        timeout: 30_000,
      })
      .catch((error) => problems.push(error.message));
    const shown = await page.evaluate(() => {
      const canvas = document.querySelector('canvas')!;
      const context = canvas.getContext('2d')!;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const tinted = data.filter((value, i) => i % 4 === 3 && value > 0).length;
      return { tinted, text: document.querySelector('output')?.value };
    });
    await page.screenshot({ path: join(screenshots, `${name}.png`) });
    await context.close();
    await server.close();
    expect(problems).toEqual([]);
    expect(shown.text).toBe('croissant, watermelon, kiwi fruit on wasm, 2 threads');
    expect(shown.tinted).toBeGreaterThan(1000);
  });

  it('contains no Node.js code', () => {
    const scripts = readdirSync(folder(built), { recursive: true, encoding: 'utf8' });
    expect(scripts.filter((file) => file.endsWith('.node'))).toEqual([]);
    // ONNX Runtime's published files check for Node.js before they use it.
    const code = scripts.filter((file) => /\.m?js$/.test(file) && !file.startsWith('ort/'));
    expect(code.length).toBeGreaterThan(0);
    const modules = builtinModules.join('|').replaceAll('/', '\\/');
    const builtin = new RegExp(
      `(?:from|import|require)\\s*\\(?["'](?:node:[\\w/]+|${modules})["']`,
    );
    for (const file of code) {
      const [found] = builtin.exec(readFileSync(join(folder(built), file), 'utf8')) ?? [];
      expect([file, found]).toEqual([file, undefined]);
    }
  });
});

it('the package can be imported without a window', async () => {
  const code =
    "await import('@clipseg/web'); await import('@clipseg/web/worker'); console.log('ok')";
  const args = ['--input-type=module', '-e', code];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder('vite') });
  expect(stdout.trim()).toBe('ok');
});
