import { fileURLToPath } from 'node:url';
import { crop } from '@clipseg/core/prompts';
import { testMaskingStrategy } from '@clipseg/core/testing';
import { createClipSeg } from '@clipseg/node';
import { describe, expect, it } from 'vitest';
// @ts-expect-error an example in JavaScript
import { pixelate } from './pixelate.mjs';

describe('the contract', () => {
  for (const { name, run } of testMaskingStrategy({ strategy: pixelate() })) it(name, run);
});

it('keeps the region and averages blocks around it', () => {
  const pixels = Float32Array.from({ length: 3 * 16 }, (_, i) => i % 16);
  const mask = Float32Array.from({ length: 16 }, (_, i) => (i === 0 ? 1 : 0));
  const seen = pixelate({ block: 2 }).apply({ height: 4, width: 4, pixels, mask });
  expect([...seen.pixels.subarray(0, 6)]).toEqual([0, 2.5, 4.5, 4.5, 2.5, 2.5]);
});

it('shows an object that is then found in another image', async () => {
  const path = (name: string) => fileURLToPath(new URL(`../images/${name}`, import.meta.url));
  const clipSeg = await createClipSeg();
  const { segments, width } = await clipSeg.segment(path('holiday.png'), {
    image: path('meadow.png'),
    region: { box: [500, 36, 600, 160] },
    masking: [crop({ context: 0.2 }), pixelate({ block: 24 })],
  });
  const mask = segments[0]!.mask();
  const inside = (x: number, y: number) => mask[y * width + x];
  expect([inside(332, 80), inside(180, 260), inside(330, 380), inside(50, 50)]).toEqual([
    1,
    0,
    0,
    0, // the balloon, but not the bus, the fish or the wall
  ]);
  await clipSeg.dispose();
});
