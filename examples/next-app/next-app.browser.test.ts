import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { builtinModules, createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../../scripts/browser/chromium.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const screenshots = join(here, '../../out/examples');
const image = readFileSync(join(here, '../images/meadow.png'));
const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
let server: ChildProcess;
let url = '';
let browser: Browser;

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  await promisify(execFile)(process.execPath, [next, 'build'], { cwd: here, env });
  server = spawn(process.execPath, [next, 'start', '-p', '0'], { cwd: here, env });
  const output = server.stdout as NodeJS.ReadableStream;
  while (!url) [, url = ''] = /(http:\S+)/.exec(String((await once(output, 'data'))[0])) ?? [];
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  server?.kill();
});

const post = (query: string, body: BodyInit = image) =>
  fetch(`${url}/api/mask?${query}`, { method: 'POST', body });

it('is rendered on the server', async () => {
  const html = await (await fetch(url)).text();
  expect(html).toContain('CLIPSeg with Next');
  expect(html).toContain('value="cow OR dog"');
});

it('shows masks from the browser and from the server, which agree', async () => {
  const page = await browser.newPage({ viewport: { width: 1000, height: 720 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(url);
  const canvas = page.getByRole('img');
  /** Returns the mask's share of the image in percent, once there is a mask. */
  const share = async () => {
    const named = page.getByRole('img', { name: /, \d+ %$/ });
    await named.waitFor();
    return Number(/, (\d+) %$/.exec((await named.getAttribute('aria-label')) ?? '')?.[1]);
  };
  const inBrowser = await share();
  expect(inBrowser).toBeGreaterThan(5);
  expect(inBrowser).toBeLessThan(16);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await page.screenshot({ path: join(screenshots, 'next-app.png') });

  const asked = page.waitForRequest((one) => one.url().includes('/api/mask'));
  await page.getByLabel('on the server').check();
  expect((await (await asked).response())?.status()).toBe(200);
  expect(Math.abs((await share()) - inBrowser)).toBeLessThanOrEqual(1);

  await page.getByLabel('in this browser').check();
  await share();
  await page.getByLabel('Threshold').fill('0.95');
  await expect.poll(share).toBeLessThan(inBrowser);
  await page.getByLabel('Prompt').fill('cow AND (');
  await page.getByRole('alert').filter({ hasText: '^' }).waitFor();
  expect(await canvas.count()).toBe(1);
  await page.close();
  expect(problems).toEqual([]);
});

it.each([
  ['prompt=cow', 415, /cannot be decoded/, 'not an image'],
  ['prompt=cow+AND+(', 422, /\^/, undefined],
  ['prompt=cow&threshold=2', 422, /from 0 to 1/, undefined],
  ['prompt=cow', 413, /8000000 bytes/, 'x'.repeat(8e6 + 1)],
] as const)('%s is answered with %i', async (query, status, message, body) => {
  const response = await post(query, body);
  expect([response.status, await response.text()]).toEqual([
    status,
    expect.stringMatching(message),
  ]);
});

it('gives slots only to complete images, and few at a time', async () => {
  const halves = Array.from({ length: 12 }, () => {
    const half = request(`${url}/api/mask?prompt=cow`, {
      method: 'POST',
      headers: { 'content-length': image.length },
    });
    half.on('error', () => {}); // it is destroyed below
    half.write(image.subarray(0, 1000));
    return half;
  });
  const status = async () => {
    const response = await post('prompt=cow');
    await response.arrayBuffer(); // frees the connection
    return response.status;
  };
  expect(await status()).toBe(200);
  const all = await Promise.all(Array.from({ length: 16 }, status));
  expect(all.filter((one) => one === 200).length).toBeGreaterThanOrEqual(4);
  expect(new Set(all)).toEqual(new Set([200, 503]));
  for (const half of halves) half.destroy();
  expect(await status()).toBe(200);
});

it('sends no Node.js code to the browser', () => {
  const folder = join(here, '.next/static');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const code = files.filter((file) => /\.m?js$/.test(file));
  expect(code.length).toBeGreaterThan(0);
  const modules = builtinModules.join('|').replaceAll('/', '\\/');
  const builtin = new RegExp(`(?:from|import|require)\\s*\\(?["'](?:node:[\\w/]+|${modules})["']`);
  const found = code.filter((file) => builtin.test(readFileSync(join(folder, file), 'utf8')));
  expect(found).toEqual([]);
});
