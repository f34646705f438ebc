import type { RawImage } from '@clipseg/core';
import type { Example } from '@clipseg/core/evaluation';

/** An image and its annotations. */
export interface Scene {
  readonly image: RawImage;
  readonly examples: readonly Example[];
}

/** A large image composed of scenes, so that its objects are small. */
export interface Mosaic {
  readonly image: RawImage;
  /** By label: uint8 [height, width], 1 inside. */
  readonly truths: ReadonlyMap<string, Uint8Array>;
}

const [CELL, COLUMNS, ROWS] = [448, 4, 3];
export const SCENES = COLUMNS * ROWS;

/** Places scenes side by side; the border pixels of small scenes are repeated. */
export async function mosaicOf(scenes: readonly Scene[]): Promise<Mosaic> {
  const [width, height] = [COLUMNS * CELL, ROWS * CELL];
  const data = new Uint8Array(width * height * 3);
  const truths = new Map<string, Uint8Array>();
  for (const [k, { image, examples }] of scenes.entries()) {
    const [left, top] = [(k % COLUMNS) * CELL, Math.floor(k / COLUMNS) * CELL];
    for (let i = 0; i < CELL * CELL; i++) {
      const [x, y] = [i % CELL, Math.floor(i / CELL)];
      const from = Math.min(image.height - 1, y) * image.width + Math.min(image.width - 1, x);
      const to = (top + y) * width + left + x;
      for (let c = 0; c < 3; c++) {
        data[3 * to + c] = image.data[from * image.channels + (image.channels === 1 ? 0 : c)] ?? 0;
      }
    }
    for (const example of examples) {
      const annotation = await example.truth();
      const truth = truths.get(example.label) ?? new Uint8Array(width * height);
      truths.set(example.label, truth);
      for (let i = 0; i < annotation.data.length; i++) {
        const [x, y] = [i % annotation.width, Math.floor(i / annotation.width)];
        if (annotation.data[i] === 1) truth[(top + y) * width + left + x] = 1;
      }
    }
  }
  return { image: { width, height, channels: 3, data }, truths };
}
