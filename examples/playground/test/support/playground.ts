import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchChromium } from '../../../../scripts/browser/chromium.js';
import { createFileServer, type Server } from '../../../../scripts/browser/file-server.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
/** A folder with images, but without a model. */
export const samplesFolder = join(root, 'examples/images');
export const sample = (name: string): string => join(samplesFolder, `${name}.png`);
export const scene = (name: string): string => join(root, 'fixtures/scenes/images', name);
export const miniFolder = join(root, 'packages/mini/model');

export interface Playground {
  readonly server: Server;
  /** Returns a shared tab in its initial state; a new tab would load the model again. */
  again(): Promise<Page>;
  /** Opens a new tab; with options, in a new browser profile. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** Errors that the page may log in this test. */
  allow(error: RegExp): void;
}

/**
 * Builds and serves the playground, not at the root, for the tests of a file. A test fails if a
 * page logs an error.
 */
export function playground(): Playground {
  const state = {} as { browser: Browser; server: Server; shared: BrowserContext; page?: Page };
  const pages: Page[] = [];
  let problems: string[] = [];
  let allowed: RegExp[] = [];

  beforeAll(async () => {
    const cwd = join(root, 'examples/playground');
    const env = { ...process.env, NODE_ENV: 'production' }; // Vitest's value makes a debug build
    await promisify(execFile)('npm', ['run', 'bundle'], { cwd, env, maxBuffer: 2 ** 26 });
    state.server = await createFileServer({ '/play/': join(cwd, 'dist'), '/model/': miniFolder });
    state.browser = await launchChromium();
    state.shared = await state.browser.newContext({
      viewport: { width: 1280, height: 800 },
      permissions: ['camera'],
    });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      await state.page?.close(); // its state is unknown, so the next test gets a new tab
      state.page = undefined;
    }
    for (const page of pages.splice(0)) {
      if (page.context() === state.shared) await page.close();
      else await page.context().close();
    }
    state.server.reset();
    const unexpected = problems.filter((text) => !allowed.some((error) => error.test(text)));
    [problems, allowed] = [[], []];
    expect(unexpected).toEqual([]);
  });
  afterAll(async () => {
    await state.browser?.close();
    await state.server?.close();
  });

  async function newPage(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (log) => log.type() === 'error' && problems.push(log.text()));
    await page.goto(`${state.server.url}/play/`);
    return page;
  }

  return {
    get server() {
      return state.server;
    },
    async again() {
      state.page ??= await newPage(state.shared);
      await startAgain(state.page);
      return state.page;
    },
    async open(options) {
      const context = options ? await state.browser.newContext(options) : state.shared;
      const page = await newPage(context);
      pages.push(page);
      return page;
    },
    allow: (error) => allowed.push(error),
  };
}
/** The initial prompts of the page. */
export const first = ['cow', 'dog', 'sunflower'];
/** The initial prompts of the shared tab. */
export const start = ['blueberries', 'croissant', 'hot beverage'];

async function startAgain(page: Page): Promise<void> {
  await view(page, 'Overlay');
  await page.getByRole('button', { name: 'breakfast', exact: true }).first().click();
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.evaluate(() => {
    for (const part of document.querySelectorAll('details')) {
      part.open = ['Prompts', 'Masks'].includes(part.querySelector('h2')?.textContent ?? '');
    }
  });
  await shows(page, start);
}

/** The list of segments, which has a prompt as soon as it has a mask. */
export const legend = (page: Page): Locator => page.getByRole('list', { name: 'segments' });
export const canvas = (page: Page): Locator => page.locator('[data-clipseg="segmentation"] canvas');
export const prompt = (page: Page, number: number): Locator =>
  page.getByRole('textbox', { name: `Prompt ${number}` });

/** Waits until these prompts, and no others, have masks. */
export async function shows(page: Page, prompts: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (expected) => {
      const buttons = document.querySelectorAll('[data-clipseg="legend"] button');
      return JSON.stringify([...buttons].map((one) => one.textContent)) === expected;
    },
    JSON.stringify(prompts),
    { timeout: 20_000 },
  );
}

/** Replaces all prompts by these. */
export async function ask(page: Page, prompts: readonly string[]): Promise<void> {
  while ((await page.getByRole('button', { name: /^Remove prompt/ }).count()) > 0) {
    await page
      .getByRole('button', { name: /^Remove prompt/ })
      .first()
      .click();
  }
  for (const [i, text] of prompts.entries()) {
    await page.getByRole('button', { name: 'Add a prompt' }).click();
    await prompt(page, i + 1).fill(text);
  }
  await shows(page, prompts);
}

export const runs = async (page: Page): Promise<number> =>
  Number(await page.locator('.runs').getAttribute('data-runs'));

export const unfold = (page: Page, title: string): Promise<void> =>
  page.locator('summary', { hasText: title }).click();

export const view = (page: Page, name: string): Promise<void> =>
  page.locator('.stage .segmented label', { hasText: name }).click();

/** Returns a canvas's RGBA pixels. */
export async function pixelsOf(of: Locator): Promise<{ width: number; data: Uint8Array }> {
  const [width, text] = await of.evaluate(async (element) => {
    const { width, height } = element as HTMLCanvasElement;
    const context = (element as HTMLCanvasElement).getContext('2d');
    const blob = new Blob([context?.getImageData(0, 0, width, height).data as BlobPart]);
    const reader = new FileReader();
    const read = new Promise((done) => {
      reader.onload = done;
    });
    reader.readAsDataURL(blob);
    await read;
    return [width, String(reader.result)] as const;
  });
  return { width, data: Buffer.from(text.slice(text.indexOf(',') + 1), 'base64') };
}

/** Returns a hash of what a canvas shows. */
export const print = (of: Locator): Promise<number> =>
  of.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const data = (element as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height);
    return new Uint32Array(data?.data.buffer ?? new ArrayBuffer(0)).reduce(
      (hash, pixel) => Math.imul(hash ^ pixel, 16777619) >>> 0,
      2166136261,
    );
  });

/** Waits until the canvas shows something else. @returns its new hash */
export async function changed(of: Locator, before: number): Promise<number> {
  await expect.poll(() => print(of), { interval: 20 }).not.toBe(before);
  return print(of);
}

/** Drops or pastes an image at a place, like the system. */
export async function hand(
  page: Page,
  kind: 'drop' | 'paste',
  file: string,
  place = 'main',
): Promise<void> {
  const bytes = [...readFileSync(file)];
  await page.evaluate(
    ([type, content, where]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(content)], 'given.png', { type: 'image/png' }));
      const event =
        type === 'drop'
          ? new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })
          : new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true });
      document.querySelector(where)?.dispatchEvent(event);
    },
    [kind, bytes, place] as const,
  );
}

/** Presses a button of the export panel. @returns the file's name and bytes */
export async function download(page: Page, button: string) {
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const file = await waiting;
  return { name: file.suggestedFilename(), bytes: new Uint8Array(readFileSync(await file.path())) };
}

/** Intersection over union. */
export function iou(a: Uint8Array, b: Uint8Array): number {
  let [both, any] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i] && b[i]) both++;
    if (a[i] || b[i]) any++;
  }
  return both / any;
}
