import { fromCategoryPng, fromMaskPng } from '@clipseg/core/formats';
import { categoryMask, presence } from '@clipseg/node';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import {
  ask,
  canvas,
  changed,
  download,
  hand,
  iou,
  legend,
  type Playground,
  pixelsOf,
  print,
  prompt,
  runs,
  sample,
  scene,
  shows,
  start,
  unfold,
  view,
} from './support/playground.js';
import { reference } from './support/reference.js';

const chooser = (page: Page) => page.locator('.image-bar input[type=file]');

export function promptTests({ again }: Playground): void {
  describe('images', () => {
    it('come from the file chooser; masks of typed prompts match Node’s', async () => {
      const page = await again();
      await chooser(page).setInputFiles(scene('000.png'));
      await ask(page, ['teapot', 'teapot OR pill']);
      expect(await canvas(page).getAttribute('aria-label')).toMatch(/^image with teapot, \d+ %;/);
      await unfold(page, 'Export');
      const { segments } = await reference(scene('000.png'), ['teapot']);
      const { mask, width } = fromMaskPng((await download(page, 'Mask, PNG')).bytes);
      expect(width).toBe(segments[0]?.width);
      expect(iou(mask, segments[0]!.mask())).toBeGreaterThanOrEqual(0.99);
    });

    it.each(['drop', 'paste'] as const)('come by %s', async (kind) => {
      const page = await again();
      await hand(page, kind, scene('001.png'));
      await expect
        .poll(() => canvas(page).evaluate((one) => one.getAttribute('width')))
        .toBe('384');
      await shows(page, start); // the prompts stay
    });

    it('come from the camera, which is requested when its button is pressed', async () => {
      const page = await again();
      const before = await print(canvas(page));
      await page.getByRole('button', { name: 'Camera' }).click();
      await page.getByRole('button', { name: 'Take photo' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await changed(canvas(page), before);
      await shows(page, start);
    });

    it('show the last of two that are opened quickly', async () => {
      const page = await again();
      await page.evaluate(() => {
        for (const name of ['meadow', 'holiday']) {
          document.querySelector<HTMLElement>(`.thumbnail:has([alt=${name}])`)?.click();
        }
      });
      await shows(page, ['bus', 'tent', 'tropical fish']);
      await view(page, 'Image');
      const { image } = await reference(sample('holiday'), ['bus']);
      const { data } = await pixelsOf(canvas(page));
      expect([...data.subarray(0, 3)]).toEqual([...image.data.subarray(0, 3)]);
    });

    it('that cannot be decoded are reported', async () => {
      const page = await again();
      const none = { name: 'none.png', mimeType: 'image/png', buffer: Buffer.from('not an image') };
      await chooser(page).setInputFiles(none);
      await page.getByRole('alert').getByText('invalid-image').waitFor();
    });
  });

  describe('prompts', () => {
    it('that do not parse show the position, and do not affect the others', async () => {
      const page = await again();
      await prompt(page, 3).fill('croissant AND (');
      const alert = page.getByRole('alert');
      expect((await alert.textContent())?.split('\n').slice(1)).toEqual([
        '  croissant AND (',
        '                 ^',
      ]);
      expect(await prompt(page, 3).getAttribute('aria-invalid')).toBe('true');
      await shows(page, start.slice(0, 2));
      await prompt(page, 3).fill('croissant AND (food)');
      await shows(page, [...start.slice(0, 2), 'croissant AND (food)']);
    });

    it('can be added from suggestions, and removed', async () => {
      const page = await again();
      await page.getByRole('button', { name: 'watermelon' }).click();
      await shows(page, [...start, 'watermelon']);
      await page.getByRole('button', { name: 'Remove prompt 2' }).click();
      await shows(page, ['blueberries', 'hot beverage', 'watermelon']);
    });

    it('say whether they match anything', async () => {
      const page = await again();
      const prompts = ['croissant', 'cow'];
      await ask(page, prompts);
      const { segmentation } = await reference(sample('breakfast'), prompts);
      const present = segmentation.segments.map((segment) => presence(segment).present);
      expect(present).toEqual([true, false]);
      const verdicts = page.locator('.prompts .verdict strong');
      expect(await verdicts.allTextContents()).toEqual(['present', 'absent']);
    });
  });

  describe('without inference', () => {
    it('every control under Masks changes the image', async () => {
      const page = await again();
      await ask(page, ['fruit', 'hot beverage']);
      await unfold(page, 'Shape');
      const before = await runs(page);
      expect(before).toBeGreaterThan(0);
      let shown = await print(canvas(page));
      const changes = async (act: () => Promise<unknown>) => {
        await act();
        shown = await changed(canvas(page), shown);
      };
      const setSlider = (name: string, value: number) => () =>
        page.getByRole('slider', { name }).fill(String(value));
      const toggle = (name: string) => () => page.getByRole('checkbox', { name }).click();
      await changes(setSlider('Threshold', 0.2));
      await changes(setSlider('Guided filter, radius', 50));
      await changes(toggle('Follow the image’s edges'));
      await changes(setSlider('Close gaps', 18));
      await changes(setSlider('Grow or shrink', -5));
      await changes(setSlider('Grow or shrink', 12));
      await changes(setSlider('Remove bridges', 20));
      await changes(toggle('Separate parts'));
      expect(await legend(page).getByRole('button').count()).toBeGreaterThan(2);
      for (const method of ['otsu', 'triangle', 'hysteresis', 'relative']) {
        await changes(() => page.getByLabel('Method').selectOption(method));
      }
      await changes(() => page.getByRole('button', { name: 'Reset' }).click());
      for (const name of ['Outline', 'Heat map', 'Cut-out', 'Classes', 'Image']) {
        await changes(() => view(page, name));
      }
      expect(await runs(page)).toBe(before);
    });

    it('classes: every pixel belongs to one class', async () => {
      const page = await again();
      await ask(page, ['fruit', 'hot beverage']);
      await view(page, 'Classes');
      await unfold(page, 'Export');
      const { name, bytes } = await download(page, 'Classes, PNG');
      expect(name).toBe('breakfast.classes.png');
      const { data } = fromCategoryPng(bytes);
      const { segmentation } = await reference(sample('breakfast'), ['fruit', 'hot beverage']);
      const expected = categoryMask(segmentation).data;
      for (const value of [1, 2]) {
        const of = (categories: Uint8Array) => categories.map((one) => (one === value ? 1 : 0));
        expect(iou(of(data), of(expected))).toBeGreaterThanOrEqual(0.99);
      }
      await shows(page, ['fruit', 'hot beverage']);
    });
  });
}
