import { createSegmentation } from '@clipseg/core';
import {
  type FormatInput,
  type FormatWriter,
  formatWriters,
  fromCategoryPng,
  fromMaskPng,
  plannedFiles,
  writeFormats,
} from '@clipseg/core/formats';
import { postprocess } from '@clipseg/core/postprocess';
import { testFormatWriter } from '@clipseg/core/testing';
import { describe, expect, it } from 'vitest';

for (const [name, writer] of Object.entries(formatWriters)) {
  it(`${name} is called so`, () => expect(writer.name).toBe(name));
  for (const { name: demand, run } of testFormatWriter({ writer })) it(demand, run);
}

const input = (): FormatInput => {
  const leaf = (prompt: number) => ({ op: 'prompt', prompt }) as const;
  const segmentation = createSegmentation({
    width: 2,
    height: 1,
    resolution: [1, 2],
    maps: [Float32Array.of(3, 3), Float32Array.of(-3, 3)],
    prompts: [
      { label: 'all', compose: leaf(0) },
      { label: 'right', compose: leaf(1) },
    ],
    timings: {},
  });
  const image = { width: 2, height: 1, channels: 1 as const, data: Uint8Array.of(9, 9) };
  return { file: 'a.png', image, segmentation, processed: postprocess(segmentation) };
};
const text: FormatWriter = {
  name: 'text',
  extension: 'txt',
  per: 'segment',
  write: ({ processed }, i) => `${processed.segments[i]!.label} é`,
};

it('svg takes fewer and more colors than there are segments', () => {
  const written = (colors: FormatInput['colors']) =>
    formatWriters.svg.write({ ...input(), colors }, 0) as string;
  expect(written([[1, 2, 3]])).toContain('#010203');
  const more = written([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]);
  expect(more).toContain('#010203');
  expect(more).not.toContain('#070809');
});

describe('writeFormats', () => {
  it('names and writes files of built-in and custom writers, in order', () => {
    const writers = [text, formatWriters.palette, formatWriters.mask];
    const files = [...writeFormats(input(), writers)];
    expect(files.map(({ format, segment, ending }) => [format, segment, ending])).toEqual([
      ['text', 0, '.all.txt'],
      ['text', 1, '.right.txt'],
      ['palette', undefined, '.palette.png'],
      ['mask', 0, '.all.mask.png'],
      ['mask', 1, '.right.mask.png'],
    ]);
    expect(files.map(({ bytes: _, ...file }) => file)).toEqual(
      plannedFiles(writers, ['all', 'right']),
    );
    expect(new TextDecoder().decode(files[1]!.bytes)).toBe('right é');
    expect([...fromCategoryPng(files[2]!.bytes).data]).toEqual([1, 2]); // the smaller one above
    expect([...fromMaskPng(files[4]!.bytes).mask]).toEqual([0, 1]);
    const [named] = writeFormats(input(), [text], ['x', 'y']);
    expect(named!.ending).toBe('.x.txt');
  });

  it('refuses what is neither text nor bytes', () => {
    const wrong = { ...text, write: () => 7 as never } as FormatWriter;
    expect(() => [...writeFormats(input(), [wrong])]).toThrow(
      'The format writer "text" returned 7, not text or bytes.',
    );
  });
});

it('the contract finds what is wrong', async () => {
  const failing = async (writer: object) => {
    const cases = testFormatWriter({ writer: { ...text, ...writer } as FormatWriter });
    const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
    return outcomes.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []));
  };
  expect(await failing({})).toEqual([3]); // the labels alone say nothing of the masks
  const labeled: FormatWriter['write'] = ({ processed }, i) =>
    `${i} ${processed.segments[i]!.mask().join('')}`;
  expect(await failing({ write: labeled })).toEqual([]);
  expect(await failing({ write: labeled, name: 'a b' })).toEqual([0]);
  expect(await failing({ write: labeled, extension: '.png' })).toEqual([0]);
  expect(await failing({ write: labeled, per: 'folder' })).toContain(0);
  expect(await failing({ write: () => undefined })).toContain(1);
  let count = 0;
  expect(await failing({ write: () => String(count++) })).toEqual([2]);
  const changing = (given: FormatInput, i: number) => {
    given.image.data[0] = given.image.data[0]! + 1;
    return labeled(given, i);
  };
  expect(await failing({ write: changing })).toEqual([2]);
});
