import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createClipSeg } from '@clipseg/node';
import type { Device, Dtype } from '@clipseg/web';
import { describe, expect, it } from 'vitest';
import type { Lib } from './page/lib.js';
import { iou, unpackMask } from './support/masks.js';
import { stage } from './support/setup.js';

declare const lib: Lib;

const { open } = stage();
const scenes = new URL('../../../fixtures/scenes/', import.meta.url);

interface Scene {
  readonly image: string;
  readonly prompts: readonly string[];
}

const all: Scene[] = JSON.parse(readFileSync(new URL('annotations.json', scenes), 'utf8')).map(
  ({ image, prompts }: { image: string; prompts: { text: string }[] }) => ({
    image,
    prompts: prompts.map(({ text }) => text),
  }),
);

interface Setup {
  readonly device: Device;
  readonly dtype: Dtype;
  readonly size?: number;
  readonly scenes: readonly Scene[];
}

/** Returns the IoU of the browser's and Node's masks for the same image, prompt, dtype and size. */
async function compared({ device, dtype, size, scenes: chosen }: Setup): Promise<number[]> {
  const page = await open();
  const packed = await page.evaluate(
    async ({ device, dtype, size, chosen }) => {
      const clipSeg = await lib.createClipSeg({ device, dtype });
      const masks: string[][] = [];
      for (const { image, prompts } of chosen) {
        const url = `/fixtures/scenes/images/${image}`;
        const { segments } = await clipSeg.segment(url, prompts, { resolution: size });
        masks.push(segments.map((segment) => lib.packMask(segment.mask())));
      }
      await clipSeg.dispose();
      return masks;
    },
    { device, dtype, size, chosen },
  );
  const node = await createClipSeg({ dtype });
  const scores: number[] = [];
  for (const [s, { image, prompts }] of chosen.entries()) {
    const path = fileURLToPath(new URL(`images/${image}`, scenes));
    const { segments } = await node.segment(path, prompts, { resolution: size });
    for (const [p, segment] of segments.entries()) {
      const mask = segment.mask();
      scores.push(iou(mask, unpackMask(packed[s]?.[p] ?? '', mask.length)));
    }
  }
  await node.dispose();
  return scores;
}

describe("masks match Node's", () => {
  it.each(['fp32', 'int8'] as const)('WASM, %s, on every scene', async (dtype) => {
    const scores = await compared({ device: 'wasm', dtype, scenes: all });
    expect(scores.length).toBeGreaterThan(100);
    if (dtype === 'fp32') expect(Math.min(...scores)).toBeGreaterThanOrEqual(0.999);
    // Rounding activations to 8 bits enlarges last-bit differences between runtimes to 1/255.
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    expect(mean).toBeGreaterThanOrEqual(0.99);
    console.log(`${dtype}: least IoU ${Math.min(...scores)}, mean ${mean}`);
  });

  // The software adapter takes seconds per image, so test a few, at a smaller size.
  it('WebGPU, on three scenes', async () => {
    const few = all.slice(0, 3);
    const scores = await compared({ device: 'webgpu+cpu', dtype: 'fp32', size: 128, scenes: few });
    expect(scores.length).toBeGreaterThan(5);
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0.995);
  });
});
