import { describe, expect, it } from 'vitest';
import { and } from '../prompts/composition/builders.js';
import { fakeBackend } from '../testing/fakes/fake-backend.js';
import { fakeClipSeg } from '../testing/fakes/fake-clip-seg.js';
import { fakeImage } from '../testing/fakes/fake-image.js';

const image = fakeImage(['red', 'green', 'blue', 'white']);
/** Columns of a mask of 64 x 64 pixels that are inside. */
const columnsOf = (mask: Uint8Array) =>
  Array.from({ length: 64 }, (_, x) => x).filter((x) => mask[32 * 64 + x]);
const stripe = (k: number) => Array.from({ length: 16 }, (_, x) => 16 * k + x);

/** A stripe but for the columns that resizing mixes with their neighbours. */
const around = (k: number) => expect.arrayContaining(stripe(k).slice(3, -3));

describe('decode', () => {
  it('gives a map for each prompt, however many are decoded at once', async () => {
    const colors = ['red', 'green', 'blue', 'white', 'black'];
    for (const [batchSize, runs] of [
      [1, 5],
      [2, 3],
      [5, 1],
      [9, 1],
    ] as const) {
      const backend = fakeBackend();
      const clipSeg = await fakeClipSeg({ backend, batchSize });
      const before = backend.runs.decoder;
      const { segments, timings } = await clipSeg.segment(image, colors);
      expect(backend.runs.decoder - before).toBe(runs);
      expect(segments.map(({ label }) => label)).toEqual(colors);
      const found = segments.map((segment) => columnsOf(segment.mask()));
      expect(found).toEqual([stripe(0), stripe(1), stripe(2), stripe(3), []]);
      expect(timings.decode).toBeGreaterThan(0);
    }
  });

  it('reads the maps of compositions in their order', async () => {
    const clipSeg = await fakeClipSeg();
    const prompts = ['blue', and('red', 'red'), 'green', and('white', 'blue')];
    const { segments, data } = await clipSeg.segment(image, prompts);
    expect(data.maps).toHaveLength(6);
    const found = segments.map((segment) => columnsOf(segment.mask()));
    expect(found).toEqual([stripe(2), stripe(0), stripe(1), []]);
  });

  it('of a crop leaves the rest outside, and puts looks together', async () => {
    const clipSeg = await fakeClipSeg();
    const crop = [16, 0, 64, 64] as const;
    const part = await clipSeg.segment(image, ['red', 'blue'], { crop });
    expect(part.data.crop).toEqual(crop);
    const [red, blue] = part.segments.map((segment) => columnsOf(segment.mask()));
    expect(red).toEqual([]);
    expect(blue).toEqual(around(2));
    const whole = await clipSeg.segment(image, 'blue');
    expect(whole.data.crop).toBeUndefined();
    expect(whole.resolution).toEqual([64, 64]);
    const tiles = { size: 32, overlap: 0 };
    const tiled = await clipSeg.segment(image, 'blue', { tiles, flips: true });
    expect(tiled.resolution).toEqual([128, 128]);
    expect(columnsOf(tiled.segments[0]!.mask())).toEqual(stripe(2));
    const both = await clipSeg.segment(image, 'blue', { crop, flips: true });
    expect(columnsOf(both.segments[0]!.mask())).toEqual(around(2));
  });

  it('stops when it is aborted, and refuses what is not a list', async () => {
    const clipSeg = await fakeClipSeg();
    const encoded = await clipSeg.encodeImage(image);
    const prompts = await clipSeg.encodePrompts(['red']);
    const signal = AbortSignal.abort();
    await expect(clipSeg.decode(encoded, prompts, { signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    await expect(clipSeg.decode(encoded, 'red' as never)).rejects.toMatchObject({
      code: 'invalid-prompt',
    });
  });
});
