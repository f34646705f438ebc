import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import {
  canvas,
  changed,
  first,
  type Playground,
  print,
  prompt,
  runs,
  shows,
  unfold,
  view,
} from './support/playground.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
declare const window: { axe: { run(): Promise<AxeResults> } };

/** Returns axe-core's complaints about the page's current state. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

const wider = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const screens = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

export function accessibilityTests(stage: Playground): void {
  describe('accessibility', () => {
    it.each(['desktop', 'phone'] as const)('axe finds nothing on a %s', async (screen) => {
      const page = await stage.open({ ...screens[screen], reducedMotion: 'reduce' });
      await page.locator('.notice').waitFor(); // loading
      const found: unknown[] = [];
      const check = async (state: string, schemes: readonly ('light' | 'dark')[]) => {
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme });
          const problems = await violations(page);
          if (problems.length > 0) found.push([state, colorScheme, problems]);
        }
        if ((await wider(page)) > 0) found.push([state, 'scrolls sideways']);
      };
      await check('loading', ['light']);
      await shows(page, first);
      await check('start', ['light', 'dark']);
      for (const title of ['By example', 'Export', 'Model', 'Device and timing', 'Shape']) {
        await unfold(page, title);
      }
      await page.locator('.supports').getByRole('button', { name: 'holiday' }).click();
      await page.getByRole('button', { name: 'Use the whole image' }).click();
      await page.getByLabel('Mix with a text').fill('bus');
      await prompt(page, 1).fill('fruit AND (');
      await page.locator('.panel .segmented label', { hasText: 'From a URL' }).click();
      await page.getByLabel('Folder made by clipseg convert').fill('http://');
      await page.getByRole('button', { name: 'Check the size' }).click();
      await page.getByText('invalid-argument').waitFor();
      await shows(page, ['dog', 'sunflower', 'like the example']);
      await check('everything open, with errors', ['dark', 'light']);
      await view(page, 'Classes');
      await page.getByRole('button', { name: 'Camera' }).click();
      await page.getByRole('dialog').waitFor();
      await check('camera', ['dark']);
      expect(found).toEqual([]);
    });

    it('works with the keyboard alone, from prompts to files', async () => {
      const page = await stage.again();
      const focused = () =>
        page.evaluate(() => {
          const { activeElement: element } = document;
          const labels = (element as HTMLInputElement | null)?.labels;
          return (
            element?.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element?.textContent
          );
        });
      const reach = async (name: string) => {
        for (let i = 0; i < 80; i++) {
          if ((await focused())?.startsWith(name)) return;
          await page.keyboard.press('Tab');
        }
        throw new Error(`${name} cannot be reached; ${await focused()} has the focus.`);
      };
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await reach('Prompt 1');
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type('watermelon');
      await page.keyboard.press('Enter'); // adds a row
      expect(await focused()).toBe('Prompt 4');
      await page.keyboard.type('kiwi fruit');
      await shows(page, ['watermelon', 'croissant', 'hot beverage', 'kiwi fruit']);
      const before = await runs(page);
      let shown = await print(canvas(page));
      await reach('Threshold');
      for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowLeft');
      await changed(canvas(page), shown);
      await reach('By example');
      await page.keyboard.press('Enter');
      await reach('holiday');
      await page.keyboard.press('Space');
      await reach('region of the example');
      await page.keyboard.press('Space');
      for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowUp', 'ArrowUp']) {
        await page.keyboard.press(key);
      }
      expect(await runs(page)).toBe(before); // no inference so far
      await page.keyboard.press('Space');
      await shows(page, [
        'watermelon',
        'croissant',
        'hot beverage',
        'kiwi fruit',
        'like the example',
      ]);
      await reach('Export');
      await page.keyboard.press('Enter');
      await reach('Mask, PNG');
      const file = page.waitForEvent('download');
      await page.keyboard.press('Enter');
      expect((await file).suggestedFilename()).toBe('breakfast.watermelon.mask.png');
      // And back to the legend, to highlight a segment.
      shown = await print(canvas(page));
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await reach('croissant');
      await changed(canvas(page), shown);
      await page.getByRole('button', { name: 'Remove the example' }).press('Enter');
    });

    it('follows the system’s theme until the user chooses one', async () => {
      const page = await stage.open({ colorScheme: 'dark' });
      const paper = () =>
        page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const dark = await paper();
      await page.getByRole('button', { name: 'Light colors' }).click();
      const light = await paper();
      expect(light).not.toBe(dark);
      await page.reload();
      await page.getByRole('button', { name: 'Dark colors' }).waitFor();
      expect(await paper()).toBe(light); // stored
    });
  });
}
