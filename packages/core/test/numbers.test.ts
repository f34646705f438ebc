import { readFileSync } from 'node:fs';
import { ClipSegError, createSegmentation, maskArea, type SegmentationData } from '@clipseg/core';
import {
  defaultPreprocessing,
  eosPosition,
  interpolatePositionEmbedding,
  pixelValues,
  upsampleBilinear,
} from '@clipseg/core/model';
import { readSafetensors } from '@clipseg/core/testing';
import { describe, expect, it } from 'vitest';

describe('upsampleBilinear', () => {
  it('is F.interpolate with align_corners=False', () => {
    // torch: F.interpolate(torch.tensor([[[[0., 4.], [8., 16.]]]]), (4, 4), mode='bilinear')
    const expected = [0, 1, 3, 4, 2, 3.25, 5.75, 7, 6, 7.75, 11.25, 13, 8, 10, 14, 16];
    const map = Float32Array.of(0, 4, 8, 16);
    expect([...upsampleBilinear(map, [2, 2], [4, 4])]).toEqual(expected);
  });

  it('keeps constants, also to other shapes and downwards', () => {
    for (const to of [
      [1, 1],
      [3, 7],
      [16, 5],
    ] as [number, number][]) {
      const result = upsampleBilinear(new Float32Array(12).fill(2.5), [3, 4], to);
      expect(result).toEqual(new Float32Array(to[0] * to[1]).fill(2.5));
    }
  });

  it('gives a copy where nothing changes', () => {
    const map = Float32Array.of(1, 2, 3, 4);
    const same = upsampleBilinear(map, [2, 2], [2, 2]);
    expect(same).toEqual(map);
    expect(same).not.toBe(map);
  });
});

describe('interpolatePositionEmbedding', () => {
  const table = Float32Array.from({ length: 10 * 2 }, (_, i) => i);

  it('leaves the trained grid alone, and always the row of the class token', () => {
    expect(interpolatePositionEmbedding(table, [10, 2], [3, 3])).toBe(table);
    const other = interpolatePositionEmbedding(table, [10, 2], [2, 5]);
    expect(other.length).toBe((1 + 10) * 2);
    expect([...other.subarray(0, 2)]).toEqual([0, 1]);
  });

  it('keeps a constant table, at any grid', () => {
    const ones = new Float32Array(20).fill(1);
    for (const grid of [
      [1, 1],
      [2, 7],
      [9, 9],
    ] as [number, number][]) {
      const result = interpolatePositionEmbedding(ones, [10, 2], grid);
      for (const value of result) expect(value).toBeCloseTo(1, 5);
    }
  });

  it('is symmetric: a mirrored table gives a mirrored result', () => {
    const patches = Array.from({ length: 9 }, (_, i) => Math.sin(i * 7));
    const mirrored = patches.map((_, i) => patches[Math.floor(i / 3) * 3 + (2 - (i % 3))]!);
    const of = (rows: number[]) =>
      interpolatePositionEmbedding(Float32Array.of(0, ...rows), [10, 1], [4, 6]);
    const [a, b] = [of(patches), of(mirrored)];
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 6; x++) expect(a[1 + y * 6 + x]).toBeCloseTo(b[1 + y * 6 + 5 - x]!, 5);
    }
  });
});

describe('pixelValues', () => {
  it('equals the reference: (v / 255 - mean) / std, channels first', () => {
    const data = Uint8Array.of(0, 128, 255, 10, 20, 30);
    const values = pixelValues({ width: 2, height: 1, channels: 3, data }, defaultPreprocessing);
    const { imageMean, imageStd } = defaultPreprocessing;
    const expected = [0, 10, 128, 20, 255, 30].map((v, i) => {
      const c = Math.floor(i / 2);
      return (v / 255 - imageMean[c]!) / imageStd[c]!;
    });
    for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 6);
  });
});

describe('eosPosition', () => {
  const config = { eosTokenId: 5 } as never;
  it('is the first end of text, or the largest id in configs from before the fix', () => {
    expect(eosPosition([1, 5, 5, 9], config)).toBe(1);
    expect(eosPosition([1, 7, 9, 9], { eosTokenId: 2 } as never)).toBe(2);
    expect(() => eosPosition([1, 2], config)).toThrow(/not contain the end-of-text token 5/);
  });
});

describe('a segment', () => {
  const data: SegmentationData = {
    width: 2,
    height: 2,
    resolution: [2, 2],
    timings: {},
    maps: [Float32Array.of(-1, 0, 1, 2)],
    prompts: [{ label: 'x', compose: { op: 'prompt', prompt: 0 } }],
  };
  const segment = createSegmentation(data).segments[0]!;

  it('thresholds strictly above, and counts', () => {
    expect([...segment.mask()]).toEqual([0, 0, 1, 1]);
    expect(maskArea(segment.mask({ threshold: 0 }))).toBe(4);
    expect(maskArea(segment.mask({ threshold: 1 }))).toBe(0);
    expect([...segment.mask({ threshold: 0.8 })]).toEqual([0, 0, 0, 1]);
    expect(segment.probabilities()[1]).toBeCloseTo(0.5, 6);
  });

  it('gives arrays of its own', () => {
    segment.mask().fill(9);
    segment.probabilities().fill(9);
    segment.logitsAtSource().fill(9);
    expect([...segment.mask()]).toEqual([0, 0, 1, 1]);
  });

  it('comes back from plain data, unless they do not fit', () => {
    const again = createSegmentation(structuredClone(data));
    expect([...again.segments[0]!.mask()]).toEqual([0, 0, 1, 1]);
    const refused = (change: Partial<SegmentationData>) =>
      expect(() => createSegmentation({ ...data, ...change })).toThrow(ClipSegError);
    refused({ maps: [new Float32Array(3)] });
    refused({ maps: [] });
    refused({ width: 0 });
    refused({ prompts: [{ label: 'x', compose: { op: 'and', terms: [] } }] });
  });
});

it('errors are recognised across copies of the library', () => {
  const foreign = Object.assign(new Error('x'), { [Symbol.for('clipseg.error')]: true });
  expect(ClipSegError.isInstance(foreign)).toBe(true);
  for (const other of [undefined, null, 'x', {}, new Error('x')]) {
    expect(ClipSegError.isInstance(other)).toBe(false);
  }
});

it('readSafetensors reads what the fixtures hold', () => {
  const file = new URL(
    '../../../fixtures/checkpoints/tiny-simple/goldens.safetensors',
    import.meta.url,
  );
  const tensors = readSafetensors(readFileSync(file));
  expect(tensors.text_embeddings?.shape).toHaveLength(2);
});
