import { fromMaskPng } from '@clipseg/core/formats';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import {
  ask,
  canvas,
  download,
  hand,
  iou,
  type Playground,
  runs,
  sample,
  scene,
  shows,
  start,
  unfold,
} from './support/playground.js';
import { reference } from './support/reference.js';

const label = 'like the example';
/** A box around the balloon in holiday.png, in its 640 x 480 pixels. */
const balloon = [280, 20, 370, 170] as const;

/** Draws a box on the support with the mouse. @returns the box in the support's pixels */
async function drawBox(page: Page): Promise<readonly [number, number, number, number]> {
  const area = page.locator('.region canvas');
  await area.scrollIntoViewIfNeeded();
  const box = (await area.boundingBox())!;
  const scale = box.width / 640;
  const at = [0, 1, 2, 3].map((i) => Math.round(balloon[i]! * scale + (i % 2 ? box.y : box.x)));
  await page.mouse.move(at[0]!, at[1]!);
  await page.mouse.down();
  await page.mouse.move((at[0]! + at[2]!) / 2, at[3]!);
  await page.mouse.move(at[2]!, at[3]!);
  await page.mouse.up();
  return at.map((value, i) => (value - (i % 2 ? box.y : box.x)) / scale) as never;
}

export function exampleTests({ again }: Playground): void {
  describe('an example', () => {
    it('drawn on an image finds similar objects, alone and mixed with a text', async () => {
      const page = await again();
      await page.getByRole('button', { name: 'meadow', exact: true }).first().click();
      await ask(page, []);
      await unfold(page, 'By example');
      await page.locator('.supports').getByRole('button', { name: 'holiday' }).click();
      const box = await drawBox(page);
      await shows(page, [label]);
      const like = { image: sample('holiday'), region: { box }, masking: 'paper' };
      const alone = await reference(sample('meadow'), [like]);
      await unfold(page, 'Export');
      const found = fromMaskPng((await download(page, 'Mask, PNG')).bytes);
      expect(iou(found.mask, alone.segments[0]!.mask())).toBeGreaterThanOrEqual(0.99);
      expect(await page.locator('.example .verdict strong').textContent()).toBe('present');

      await page.getByLabel('Mix with a text').fill('cow');
      const before = await runs(page);
      await page.getByRole('slider', { name: 'Text or example' }).fill('0.2');
      await expect.poll(() => runs(page)).toBeGreaterThan(before);
      const mixed = await reference(sample('meadow'), [
        { mix: ['cow', like], weights: [0.8, 0.2] },
      ]);
      const shown = async () => fromMaskPng((await download(page, 'Mask, PNG')).bytes).mask;
      await expect
        .poll(async () => iou(await shown(), mixed.segments[0]!.mask()))
        .toBeGreaterThanOrEqual(0.99);
      expect(iou(mixed.segments[0]!.mask(), alone.segments[0]!.mask())).toBeLessThan(0.5);
      // The support was encoded once; since then, only the decoder has run.
      await unfold(page, 'Device and timing');
      expect(await page.locator('.figures').textContent()).toMatch(/, 1 examples?/);

      await page.getByLabel('Masking').selectOption('token-mask');
      await expect.poll(() => page.locator('.figures').textContent()).toMatch(/, 2 examples/);
      await page.getByRole('button', { name: 'Remove the example' }).click();
      await shows(page, []);
    });

    it('can be dropped, and is not segmented then', async () => {
      const page = await again();
      await unfold(page, 'By example');
      await hand(page, 'drop', scene('000.png'), '.example');
      await page.getByRole('button', { name: 'Use the whole image' }).click();
      await shows(page, [...start, label]);
      expect(await canvas(page).getAttribute('width')).toBe('640');
      await page.getByRole('button', { name: 'Remove the example' }).click();
    });
  });
}
