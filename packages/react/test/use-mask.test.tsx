import type { RawImage, Segmentation } from '@clipseg/core';
import { createSegmentation } from '@clipseg/core';
import { morphology, type PostProcessor, refine, threshold } from '@clipseg/core/postprocess';
import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useMask } from '../src/index.js';

const size = 24;
const made = (seed: number): Segmentation =>
  createSegmentation({
    width: 48,
    height: 48,
    resolution: [size, size],
    timings: {},
    maps: [Float32Array.from({ length: size * size }, (_, i) => 6 * Math.sin(seed + i / 30))],
    prompts: [{ label: 'wave', compose: { op: 'prompt', prompt: 0 } }],
  });
const image: RawImage = {
  width: 48,
  height: 48,
  channels: 3,
  data: Uint8Array.from({ length: 48 * 48 * 3 }, (_, i) => (i * 7) % 256),
};

/** Wraps a step to count how often it runs. */
function counted(step: PostProcessor): { step: PostProcessor; count: () => number } {
  let runs = 0;
  const apply: PostProcessor['apply'] = (draft, context) => {
    runs++;
    return step.apply(draft, context);
  };
  return { step: { ...step, apply }, count: () => runs };
}

it('runs the steps before a slider once', () => {
  const [costly, cheap] = [counted(refine()), counted(morphology({ open: 1 }))];
  const { result, rerender } = renderHook(
    ({ value, source }) => useMask(source, [costly.step, threshold(value), cheap.step], { image }),
    { initialProps: { value: 0.3, source: made(1) } },
  );
  const [first] = result.current.segments!;
  expect(first).toMatchObject({ label: 'wave', width: 48, height: 48, threshold: 0.3 });
  const { source } = { source: made(1) };
  rerender({ value: 0.3, source });
  const before = costly.count();
  for (const value of [0.5, 0.6, 0.7]) rerender({ value, source });
  expect(costly.count()).toBe(before);
  expect(cheap.count()).toBeGreaterThan(before);
  expect(result.current.segments![0]!.threshold).toBe(0.7);
  rerender({ value: 0.7, source: made(2) });
  expect(costly.count()).toBe(before + 1);
});

it('returns nothing without a segmentation, and uses the threshold 0.5 without steps', () => {
  const { result, rerender } = renderHook(({ source }) => useMask(source), {
    initialProps: { source: undefined as Segmentation | undefined },
  });
  expect(result.current).toEqual({ segments: undefined, error: undefined });
  const source = made(1);
  rerender({ source });
  const { segments } = result.current;
  expect(segments![0]!.mask()).toEqual(source.segments[0]!.mask());
  rerender({ source });
  expect(result.current.segments).toBe(segments);
});

it('reports which step failed', () => {
  const { result, rerender } = renderHook(({ steps }) => useMask(made(1), steps), {
    initialProps: { steps: [refine()] as PostProcessor[] },
  });
  expect(result.current.segments).toBeUndefined();
  expect(result.current.error?.message).toMatch(/refine/);
  rerender({ steps: [] });
  expect(result.current.segments).toHaveLength(1);
});
