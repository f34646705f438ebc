import { fileURLToPath } from 'node:url';
import { createSegmentation, type RawImage, type Segmentation } from '@clipseg/core';
import sharp from 'sharp';

/** 12 megapixels. */
export const size = { width: 4000, height: 3000 };
/** Side of the model's resolution. */
export const SIDE = 352;

const photo = fileURLToPath(new URL('../../fixtures/images/chelsea.png', import.meta.url));

/** A photograph with the size of a camera's. */
export async function readImage(): Promise<RawImage> {
  sharp.concurrency(1);
  const { width, height } = size;
  const data = await sharp(photo)
    .resize(width, height, { fit: 'fill' })
    .removeAlpha()
    .raw()
    .toBuffer();
  return {
    width,
    height,
    channels: 3,
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
  };
}

/** Two blobs with ragged edges, specks and holes, similar to CLIPSeg's output. */
export function makeLogits(): Float32Array {
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    const large = 80 - Math.hypot(x - 250, y - 220);
    const small = 60 - Math.hypot(x - 100, y - 120);
    return Math.max(large, small) / 6 + Math.sin(x * 0.7) * Math.cos(y * 0.9);
  });
}

export const makeSegmentation = (): Segmentation =>
  createSegmentation({
    ...size,
    resolution: [SIDE, SIDE],
    maps: [makeLogits()],
    timings: {},
    prompts: [{ label: 'cat', compose: { op: 'prompt', prompt: 0 } }],
  });

export const makeMask = (): Uint8Array => makeSegmentation().segments[0]?.mask() as Uint8Array;
