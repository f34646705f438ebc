// Takes screenshots of the playground: npm run screenshots -w @clipseg/example-playground
// They go to out/playground; two of them also go to docs/images.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { launchChromium } from '../../../scripts/browser/chromium.js';
import { createFileServer } from '../../../scripts/browser/file-server.js';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const out = path('../../../out/playground');
const kept = path('../../../docs/images');
const screens = {
  desktop: { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 },
  phone: {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
  },
};

/** Brings the page into a state to show. */
const scenes: Record<string, (page: Page) => Promise<void>> = {
  start: async () => {},
  cutout: async (page) => {
    await page.locator('.segmented label', { hasText: 'Cut-out' }).click();
  },
  panels: async (page) => {
    for (const name of ['Export', 'Model', 'Device and timing', 'By example']) {
      await page.locator('summary').filter({ hasText: name }).click();
    }
    await page.locator('.supports button', { hasText: 'holiday' }).click();
    await page.locator('.region canvas').waitFor();
  },
};

mkdirSync(out, { recursive: true });
const server = await createFileServer({ '/': path('../dist') });
const browser = await launchChromium();
for (const [screen, options] of Object.entries(screens)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ ...options, colorScheme });
    const page = await context.newPage();
    for (const [name, prepare] of Object.entries(scenes)) {
      await page.goto(server.url);
      await page.locator('.verdict strong').nth(2).waitFor();
      await page.getByText('Works offline').waitFor({ state: 'attached' });
      await prepare(page);
      await page.evaluate(() => document.fonts.ready);
      const png = await page.screenshot({ fullPage: name === 'panels' });
      writeFileSync(join(out, `${name}-${screen}-${colorScheme}.png`), png);
      if (name !== 'start' || colorScheme !== 'light') continue;
      const file = screen === 'desktop' ? 'playground.png' : 'playground-phone.png';
      const small = sharp(png).png({ palette: true, compressionLevel: 9 });
      await small.toFile(join(kept, file));
    }
    await context.close();
  }
}
await browser.close();
await server.close();
console.log(`Screenshots are in ${out}.`);
