import { parsePrompt } from '@clipseg/core';
import { fromCoco, fromMaskPng, toMaskPng } from '@clipseg/core/formats';
import { strokes } from '@clipseg/core/postprocess';
import { expect, it } from 'vitest';
import { mapLeaves } from '../src/prompts/composition/tree.js';

// Messages that quote what was given, or a library's message that does.

const png = toMaskPng(Uint8Array.of(1, 0), { width: 2, height: 1 });
const chunk = png.slice();
chunk.set([0x49, 0x44, 0x1b, 0x07], 37); // IDAT's name

it.each([
  ['a prompt', () => parsePrompt('NOT dog :\x1b[31mred\x1b[0m')],
  ['a prompt that turns the direction', () => parsePrompt('NOT (MINUS )\u202eabc')],
  ['JSON', () => [...fromCoco('{"images": \u2028\x1b[0m}')]],
  ['a PNG', () => fromMaskPng(chunk)],
])('%s is quoted without what steers a terminal', (_, run) => {
  expect(run).toThrow(
    expect.objectContaining({ message: expect.not.stringMatching(/[^\P{C}\n]|[\u2028\u2029]/u) }),
  );
});

it.each([
  { threshold: { valueOf: [] } },
  { threshold: '0.5' },
  { weight: [1] },
  { grow: { toString: 1 } },
])('a term with %j is refused', (options) => {
  const tree = { op: 'prompt', prompt: 'a', ...options };
  expect(() => mapLeaves(tree as never, String)).toThrow(
    expect.objectContaining({ code: 'invalid-prompt' }),
  );
});

it('a step keeps of strokes what belongs to one, so that it can be written as JSON', () => {
  const stroke = { points: [[1, 2]], width: 3, erase: true };
  const step = strokes({ byLabel: { a: [{ ...stroke, widths: 10n }] } } as never);
  expect(step.toJSON().byLabel).toEqual({ a: [stroke] });
});
