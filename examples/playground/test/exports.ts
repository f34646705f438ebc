import { fromCoco, fromSvg } from '@clipseg/core/formats';
import { polygonMask } from '@clipseg/core/raster';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  ask,
  canvas,
  changed,
  download,
  iou,
  type Playground,
  pixelsOf,
  print,
  unfold,
  view,
} from './support/playground.js';

const prompts = ['croissant', 'kiwi fruit'];
const size = { width: 640, height: 480 };

/** Returns the first prompt's mask on the page: the pixels that a cut-out keeps. */
async function shownMask(page: Page): Promise<Uint8Array> {
  const before = await print(canvas(page));
  await view(page, 'Cut-out');
  await changed(canvas(page), before);
  const { data } = await pixelsOf(canvas(page));
  return Uint8Array.from({ length: data.length / 4 }, (_, i) => (data[4 * i + 3]! > 0 ? 1 : 0));
}

const raw = async (bytes: Uint8Array) => new Uint8Array(await sharp(bytes).raw().toBuffer());

export function exportTests({ again }: Playground): void {
  describe('an export', () => {
    it('contains what is shown: masks as PNG and COCO, outlines as SVG', async () => {
      const page = await again();
      await ask(page, prompts);
      const shown = await shownMask(page);
      await unfold(page, 'Export');

      const mask = await download(page, 'Mask, PNG');
      expect(mask.name).toBe('breakfast.croissant.mask.png');
      const levels = await sharp(mask.bytes).greyscale().raw().toBuffer();
      expect(
        Buffer.compare(
          levels.map((level) => level / 255),
          shown,
        ),
      ).toBe(0);

      const coco = JSON.parse(new TextDecoder().decode((await download(page, 'COCO, JSON')).bytes));
      expect(coco.images).toMatchObject([{ file_name: 'breakfast.png', ...size }]);
      const masks = [...fromCoco(coco)];
      expect(masks.map((one) => one.label)).toEqual(prompts);
      expect(Buffer.compare(masks[0]!.mask, shown)).toBe(0);

      const { name, bytes } = await download(page, 'Outlines, SVG');
      expect(name).toBe('breakfast.svg');
      const svg = fromSvg(new TextDecoder().decode(bytes));
      expect(svg).toMatchObject(size);
      expect([...new Set(svg.shapes.map((shape) => shape.label))]).toEqual(prompts);
      const outlined = polygonMask(svg.shapes[0]!.polygons, size);
      expect(iou(outlined, shown)).toBeGreaterThan(0.97);
      const rendered = await sharp(bytes)
        .resize(size.width)
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(rendered.info).toMatchObject({ ...size, channels: 4 });
    });

    it('of a cut-out has soft edges, without the background', async () => {
      const page = await again();
      await ask(page, prompts);
      const shown = await shownMask(page);
      await unfold(page, 'Export');
      const { name, bytes } = await download(page, 'Cut-out, PNG');
      expect(name).toBe('breakfast.croissant.cutout.png');
      const { width, height, channels } = await sharp(bytes).metadata();
      expect(channels).toBe(4);
      expect(width! < size.width && height! < size.height).toBe(true); // cropped
      const pixels = await raw(bytes);
      const alpha = Array.from({ length: pixels.length / 4 }, (_, i) => pixels[4 * i + 3]!);
      const share = (of: (value: number) => boolean) => alpha.filter(of).length;
      expect(share((value) => value === 0)).toBeGreaterThan(1000);
      expect(share((value) => value > 0 && value < 255)).toBeGreaterThan(100);
      const area = shown.reduce((sum, inside) => sum + inside, 0);
      const opaque = alpha.reduce((sum, value) => sum + value / 255, 0);
      expect(Math.abs(opaque / area - 1)).toBeLessThan(0.05);
    });

    it('of parts has one mask per part', async () => {
      const page = await again();
      await ask(page, ['fruit']);
      await page.getByRole('checkbox', { name: 'Separate parts' }).check();
      const parts = page.getByRole('list', { name: 'segments' }).getByRole('button');
      await expect.poll(() => parts.count()).toBeGreaterThan(1);
      const count = await parts.count();
      expect(await page.locator('.prompts .verdict').textContent()).toContain(`${count} parts`);
      await unfold(page, 'Export');
      const coco = JSON.parse(new TextDecoder().decode((await download(page, 'COCO, JSON')).bytes));
      expect(coco.annotations).toHaveLength(count);
      const svg = fromSvg(new TextDecoder().decode((await download(page, 'Outlines, SVG')).bytes));
      expect(svg.shapes).toHaveLength(count);
    });
  });
}
