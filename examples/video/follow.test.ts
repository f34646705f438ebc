import { type ClipSeg, createClipSeg, type ImageInput, type RawImage } from '@clipseg/node';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
// @ts-expect-error an example in JavaScript
import { follow } from './follow.mjs';
// @ts-expect-error an example in JavaScript
import { animationOf, framesOf } from './frames.mjs';

let clipSeg: ClipSeg<ImageInput>;
beforeAll(async () => {
  clipSeg = await createClipSeg();
});
afterAll(() => clipSeg.dispose());

it('encodes the prompt once, and every frame once', async () => {
  const calls: string[] = [];
  const counted = new Proxy(clipSeg, {
    get(target, name: keyof ClipSeg) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      calls.push(name);
      return value;
    },
  });
  const frames: RawImage[] = (await framesOf()).slice(0, 4);
  const overlays: RawImage[] = [];
  for await (const overlay of follow(counted, frames, 'balloon')) overlays.push(overlay);
  expect(overlays).toHaveLength(4);
  expect(calls.filter((name) => name === 'encodePrompts')).toHaveLength(1);
  expect(calls.filter((name) => name === 'encodeImage')).toHaveLength(4);
  const file = await animationOf(overlays);
  const { pages, width, pageHeight } = await sharp(file, { pages: -1 }).metadata();
  expect([pages, width, pageHeight]).toEqual([4, 320, 240]);
  expect(await framesOf(file)).toHaveLength(4); // animations can be read back
});
