import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/browser/chromium.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const screenshots = fileURLToPath(new URL('../../out/examples', import.meta.url));
let server: ChildProcess;
let url: string;
let browser: Browser;
let context: BrowserContext; // shared, so that the model comes from its cache
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  const env = { ...process.env, PORT: '0' };
  server = spawn(process.execPath, ['serve.mjs'], { cwd: here, env });
  const [line] = await once(server.stdout as NodeJS.EventEmitter, 'data');
  url = String(line).trim();
  browser = await launchChromium();
  context = await browser.newContext({ viewport: { width: 1100, height: 760 } });
});
afterAll(async () => {
  await browser?.close();
  server?.kill();
});

beforeEach(async () => {
  problems.length = 0;
  page = await context.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.addInitScript(() => {
    const post = Worker.prototype.postMessage;
    Object.assign(globalThis, { calls: 0 });
    Worker.prototype.postMessage = function (...args: unknown[]) {
      (globalThis as unknown as { calls: number }).calls++;
      return post.apply(this, args as never);
    };
  });
  await page.goto(url);
  await found('cow');
});
afterEach(async () => {
  await page.close();
  expect(problems).toEqual([]);
});

const found = (text: string) => page.getByRole('listitem').filter({ hasText: text }).waitFor();
const shares = async () => {
  const items = await page.getByRole('listitem').allTextContents();
  return items.map((text) => Number(/([\d.]+) %$/.exec(text)?.[1]));
};
const calls = () => page.evaluate(() => (globalThis as unknown as { calls: number }).calls);

it('shows masks of the prompts, and uses threads', async () => {
  const [cow = 0, balloon = 0] = await shares();
  expect(cow).toBeGreaterThan(3);
  expect(cow).toBeLessThan(8);
  expect(balloon).toBeGreaterThan(1);
  expect(balloon).toBeLessThan(cow);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await page.getByLabel('What to look for').fill('dog');
  await found('dog');
  expect((await shares()).length).toBe(1);
});

it('moves the threshold without inference', async () => {
  const [before, asked] = [await shares(), await calls()];
  await page.getByLabel('Threshold').fill('0.9');
  const after = await shares();
  expect(after[0]).toBeLessThan(before[0]!);
  expect(await calls()).toBe(asked);
  await page.getByLabel('What to look for').fill('sunflower'); // checks that the counter works
  await found('sunflower');
  expect(await calls()).toBeGreaterThan(asked);
});

it('takes an image, and rejects another file', async () => {
  await page.getByLabel('Choose an image').setInputFiles(`${here}../images/breakfast.png`);
  await page.getByLabel('What to look for').fill('croissant');
  await found('croissant');
  expect((await shares())[0]).toBeGreaterThan(3);
  await page.getByLabel('Choose an image').setInputFiles(`${here}README.md`);
  await page.getByRole('status').filter({ hasText: 'README.md' }).waitFor();
});

it('fits a desk and a phone, light and dark', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [name, width, height] of [
      ['desk', 1100, 760],
      ['phone', 390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: `${screenshots}/vanilla-${name}-${colorScheme}.png` });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  }
});
