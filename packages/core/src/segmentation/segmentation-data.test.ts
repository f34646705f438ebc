import { createSegmentation, type SegmentationData } from '@clipseg/core';
import { expect, it } from 'vitest';

const data: SegmentationData = {
  width: 6,
  height: 4,
  resolution: [2, 3],
  crop: [1, 1, 5, 4],
  timings: {},
  maps: [Float32Array.of(1, -1, 2, -2, 0, 3)],
  prompts: [{ label: 'a', compose: { op: 'prompt', prompt: 0 } }],
};

it("data that fit together give masks of the source's size", () => {
  expect(createSegmentation(data).segments[0]?.mask().length).toBe(24);
});

it.each([
  ['no data', null, 'null, not an object'],
  ['a side that is text', { ...data, width: '\x07' }, 'The size is "\\u0007" x 4'],
  ['a side of a broken number', { ...data, width: 2.5 }, 'whole sides from 1'],
  ['more pixels than there are', { ...data, width: 2 ** 31, height: 6 }, 'at most'],
  ['a size of one side', { ...data, resolution: [6] }, 'the resolution [6], not [height, width]'],
  ['a negative size', { ...data, resolution: [-2, -3] }, 'whole sides from 1'],
  ['no size', { ...data, resolution: undefined }, 'the resolution undefined'],
  ['a crop that is an object', { ...data, crop: {} }, 'the crop {}'],
  ['a crop outside', { ...data, crop: [0, 0, 7, 4] }, 'not one of 6 x 4 pixels'],
  ['a crop without pixels', { ...data, crop: [2, 0, 2, 4] }, 'the crop [2, 0, 2, 4]'],
  ['a crop of huge numbers', { ...data, crop: [-(2 ** 31), 0, 5, 4] }, 'the crop'],
  ['a map that is a list', { ...data, maps: [[1, 2]] }, 'as a map, not a Float32Array'],
  ['a hole among the maps', { ...data, maps: Array(1) }, 'undefined as a map'],
  ['a short map', { ...data, maps: [new Float32Array(5)] }, 'a map of 5 values'],
  ['no prompts', { ...data, prompts: {} }, 'no list of prompts'],
  ['a prompt that is text', { ...data, prompts: ['a'] }, '"a" as a prompt'],
  ['a label that is none', { ...data, prompts: [{ compose: {} }] }, 'the label undefined'],
  [
    'a map that is not there',
    { ...data, prompts: [{ label: 'a\x1b', compose: { op: 'prompt', prompt: '\0' } }] },
    '"a\\u001b" reads map "\\u0000" of 1',
  ],
])('%s is refused in words', (_, given, why) => {
  const error = (() => {
    try {
      return createSegmentation(given as never);
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toMatchObject({ code: 'invalid-argument', message: expect.stringContaining(why) });
});
