import { describe, expect, it } from 'vitest';
import { checkCrop, planViews } from './plan.js';

const size = [100, 100] as const;
const boxes = (crop: readonly number[], tiles: unknown, seen: readonly number[] = size) =>
  planViews(crop as never, { tiles } as never, seen as never).map(({ box }) => [...box]);

describe('checkCrop', () => {
  const image = { width: 30, height: 20 };

  it('is the whole picture by default', () => {
    expect(checkCrop(undefined, image)).toEqual([0, 0, 30, 20]);
  });

  it('takes boxes within the picture', () => {
    for (const crop of [
      [0, 0, 30, 20],
      [29, 19, 30, 20],
      [3, 4, 5, 6],
    ]) {
      expect(checkCrop(crop, image)).toEqual(crop);
    }
  });

  it.each([
    [[0, 0, 31, 20]],
    [[0, 0, 30, 21]],
    [[-1, 0, 30, 20]],
    [[0, -1, 30, 20]],
    [[5, 0, 5, 20]],
    [[0, 5, 30, 5]],
    [[6, 0, 5, 20]],
    [[0, 0, 30]],
    [[0, 0, 30, 20, 1]],
    [[0, 0, 30, 19.5]],
    ['0,0,3,2'],
    [null],
  ])('refuses %j', (crop) => {
    expect(() => checkCrop(crop, image)).toThrow(/30 x 20/);
  });
});

describe('tiles', () => {
  it('cover the crop evenly, from the top', () => {
    expect(boxes([0, 0, 200, 100], { size: 100, overlap: 0 })).toEqual([
      [0, 0, 100, 100],
      [100, 0, 200, 100],
    ]);
    expect(boxes([10, 20, 160, 170], { size: 100, overlap: 0 })).toEqual([
      [10, 20, 110, 120],
      [60, 20, 160, 120],
      [10, 70, 110, 170],
      [60, 70, 160, 170],
    ]);
  });

  it('share a quarter of their sides with their neighbours by default', () => {
    const starts = boxes([0, 0, 400, 100], { size: 100 }).map(([x]) => x);
    expect(starts).toEqual([0, 75, 150, 225, 300]);
    expect(boxes([0, 0, 401, 100], { size: 100 })).toHaveLength(6);
    expect(boxes([0, 0, 300, 100], { size: 100, overlap: 0.75 })).toHaveLength(9);
  });

  it('are as large as what the model sees by default, and of its shape', () => {
    expect(boxes([0, 0, 100, 200], {}, [100, 100])[0]).toEqual([0, 0, 100, 100]);
    expect(boxes([0, 0, 300, 300], { size: 100 }, [50, 100])[0]).toEqual([0, 0, 100, 50]);
    expect(boxes([0, 0, 300, 300], { size: 100 }, [100, 50])[0]).toEqual([0, 0, 50, 100]);
    expect(boxes([0, 0, 300, 30], { size: 100 })[0]).toEqual([0, 0, 100, 30]);
  });

  it('are none where one would be the crop itself', () => {
    expect(boxes([0, 0, 80, 100], { size: 100 })).toEqual([]);
    expect(boxes([0, 0, 80, 101], { size: 100 })).toHaveLength(2);
    expect(boxes([5, 5, 106, 85], { size: 100 })).toHaveLength(2);
    expect(boxes([0, 0, 500, 500], undefined)).toEqual([]);
  });

  it('come by themselves where a picture is more than twice what the model sees', () => {
    expect(boxes([0, 0, 200, 200], 'auto')).toEqual([]);
    expect(boxes([50, 50, 250, 250], 'auto')).toEqual([]);
    const few = boxes([0, 0, 201, 100], 'auto');
    expect(few[0]).toEqual([0, 0, 150, 100]);
    const many = boxes([0, 0, 900, 900], 'auto');
    expect(many[0]).toEqual([0, 0, 300, 300]); // three along a side, and what they share
    expect(many).toHaveLength(16);
    expect(boxes([0, 0, 100, 201], 'auto')[0]).toEqual([0, 0, 100, 150]);
  });

  it('are at most 1024', () => {
    expect(boxes([0, 0, 3200, 3200], { size: 100, overlap: 0 })).toHaveLength(1024);
    expect(() => boxes([0, 0, 3300, 3200], { size: 100, overlap: 0 })).toThrow(/1056.*1024/);
    expect(() => boxes([0, 0, 99_999, 1], { size: 1, overlap: 0.75 })).toThrow(/1024/);
  });

  it.each([
    [{ size: 0 }, /size is 0/],
    [{ size: 1.5 }, /size is 1.5/],
    [{ overlap: -0.1 }, /overlap is -0.1/],
    [{ overlap: 0.76 }, /overlap is 0.76/],
    ['all', /tiles is "all"/],
    [[100], /tiles is/],
  ])('refuse %j', (tiles, message) => {
    expect(() => boxes([0, 0, 500, 500], tiles)).toThrow(message);
  });
});

describe('flips', () => {
  it('show the crop and every tile as in a mirror, after them', () => {
    const crop = [0, 0, 200, 100] as const;
    const plan = planViews(crop, { tiles: { size: 100, overlap: 0 }, flips: true }, size);
    expect(plan).toEqual([
      { box: [0, 0, 100, 100], mirrored: false },
      { box: [100, 0, 200, 100], mirrored: false },
      { box: [0, 0, 200, 100], mirrored: true },
      { box: [0, 0, 100, 100], mirrored: true },
      { box: [100, 0, 200, 100], mirrored: true },
    ]);
    expect(planViews(crop, { flips: true }, size)).toEqual([{ box: crop, mirrored: true }]);
    expect(planViews(crop, {}, size)).toEqual([]);
    expect(() => planViews(crop, { flips: 1 as never }, size)).toThrow(/flips is 1/);
  });
});
