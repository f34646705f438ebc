import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchChromium } from '../../../../scripts/browser/chromium.js';
import { createFileServer, type Server } from '../../../../scripts/browser/file-server.js';
import { bundlePages } from './bundle.js';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const root = path('../../../../');
const require = createRequire(import.meta.url);
const ortFolder = dirname(require.resolve('onnxruntime-web/wasm'));

interface OpenOptions {
  /** Opens the page in the profile of this one, with the same cache. Default: a fresh profile. */
  readonly keep?: Page;
  /** Host name in the page's URL. Default: 127.0.0.1. */
  readonly host?: string;
  /** URL of the library's script. Default: next to the page. */
  readonly script?: string;
}

export interface Stage {
  readonly browser: Browser;
  readonly server: Server;
  /** The folder that is served at `/own/`. */
  readonly folder: string;
  /** Opens a page in a fresh browser profile, with the library as `lib`. */
  open(options?: OpenOptions): Promise<Page>;
}

/** Starts a browser and a server for the tests of one file; every test resets the server. */
export function stage(): Stage {
  const state = {} as { browser: Browser; server: Server; folder: string };
  const pages: Page[] = [];
  beforeAll(async () => {
    state.folder = mkdtempSync(join(tmpdir(), 'clipseg-web-'));
    const pageFolder = join(state.folder, 'page');
    await bundlePages(pageFolder);
    writeFileSync(
      join(pageFolder, 'index.html'),
      '<!doctype html><link rel="icon" href="data:,"><script type="module">' +
        'await import(new URL(decodeURIComponent(location.search.slice(1)), location.href))</script>',
    );
    state.server = await createFileServer({
      '/page/': pageFolder,
      '/own/': state.folder,
      '/model/': join(root, 'packages/mini/model'),
      '/ort/': ortFolder,
      '/fixtures/': join(root, 'fixtures'),
      '/photo.png': join(root, 'examples/images/meadow.png'),
      '/page': ortFolder, // the wasm files next to the scripts
    });
    state.browser = await launchChromium();
  }, 120_000);
  afterEach(async () => {
    state.server?.reset();
    for (const page of pages.splice(0)) await page.context().close();
  });
  afterAll(async () => {
    await state.browser?.close();
    await state.server?.close();
    if (state.folder) rmSync(state.folder, { recursive: true, force: true });
  });
  return {
    get browser() {
      return state.browser;
    },
    get server() {
      return state.server;
    },
    get folder() {
      return state.folder;
    },
    async open({ keep, host = '127.0.0.1', script = 'lib.js' } = {}) {
      const context = keep?.context() ?? (await state.browser.newContext());
      const page = await context.newPage();
      pages.push(page);
      page.on('pageerror', (error) => console.error('In the page:', error.message));
      const origin = state.server.url.replace('127.0.0.1', host);
      await page.goto(`${origin}/page/index.html?${encodeURIComponent(script)}`);
      await page.waitForFunction('globalThis.lib');
      return page;
    },
  };
}
