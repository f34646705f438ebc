import { describe, expect, it } from 'vitest';
import { scoreMap } from '../maps/scores.js';
import { findInstances, instanceMask } from './instances.js';

const size = { width: 6, height: 4 };
const mask = Uint8Array.from('##...#' + '##....' + '...#..' + '..#..#', (c) => (c === '#' ? 1 : 0));
const scores = scoreMap(
  Float32Array.from(mask, (_, i) => (i === 5 ? 0.9 : i === 23 ? 0.6 : 0.25)),
  size,
  'probability',
);

describe('findInstances', () => {
  it('says where parts are, and how sure', () => {
    const [square, line, upper, lower, ...others] = findInstances(mask, size, { scores });
    expect(others).toEqual([]);
    expect(square).toEqual({
      area: 4,
      box: [0, 0, 2, 2],
      centroid: [1, 1],
      score: 0.25,
      runs: Int32Array.of(0, 0, 2, 1, 0, 2),
    });
    expect(line).toMatchObject({ area: 2, box: [2, 2, 4, 4], centroid: [3, 3] });
    expect([...line!.runs]).toEqual([2, 3, 4, 3, 2, 3]);
    expect(upper).toMatchObject({ area: 1, box: [5, 0, 6, 1], centroid: [5.5, 0.5] });
    expect(upper!.score).toBeCloseTo(0.9, 6);
    expect(lower!.score).toBeCloseTo(0.6, 6);
  });

  it('without scores all are sure', () => {
    expect(findInstances(mask, size).map(({ score }) => score)).toEqual([1, 1, 1, 1]);
  });

  it('sorts by area, score or position', () => {
    const boxes = (options: object) =>
      findInstances(mask, size, { scores, ...options }).map(({ box }) => box[0]);
    expect(boxes({})).toEqual([0, 2, 5, 5]);
    expect(boxes({ sort: 'position' })).toEqual([0, 5, 2, 5]);
    expect(boxes({ sort: 'score' })).toEqual([5, 5, 0, 2]);
    expect(boxes({ sort: 'score', top: 3 })).toEqual([5, 5, 0]);
    expect(boxes({ connectivity: 4, minArea: 2 })).toEqual([0]);
    expect(boxes({ minArea: 2 })).toEqual([0, 2]);
    expect(boxes({ minScore: 0.6 })).toEqual([5, 5]);
    expect(boxes({ minScore: 0.61 })).toEqual([5]);
  });

  it('reads logits', () => {
    const logits = scoreMap(new Float32Array(24), size, 'logit');
    expect(findInstances(mask, size, { scores: logits })[0]!.score).toBe(0.5);
  });

  it('reads no row in which there is nothing', () => {
    const read: number[] = [];
    const row = (y: number) => {
      read.push(y);
      return new Float32Array(6);
    };
    const upper = Uint8Array.from(mask, (value, i) => (i < 6 ? value : 0));
    findInstances(upper, size, { scores: { ...size, scale: 'logit', row } });
    expect(read).toEqual([0]);
  });

  it.each([
    [{ connectivity: 6 }, /connectivity is 6/],
    [{ minArea: -1 }, /minArea is -1/],
    [{ minScore: 2 }, /minScore is 2/],
    [{ split: 1.5 }, /split is 1.5/],
    [{ sort: 'size' }, /sort is "size"/],
    [{ top: 0 }, /top is 0/],
    [{ scores: scoreMap(new Float32Array(1), { width: 1, height: 1 }, 'logit') }, /1 x 1/],
  ])('refuses %#', (options, message) => {
    expect(() => findInstances(mask, size, options as never)).toThrow(message);
  });

  it('refuses a mask of another size', () => {
    expect(() => findInstances(mask, { width: 5, height: 4 })).toThrow(/24 values/);
  });
});

describe('instanceMask', () => {
  it('paints one or many', () => {
    const found = findInstances(mask, size);
    expect(instanceMask(found, size)).toEqual(mask);
    expect(
      [...instanceMask(found[2]!, size).keys()].filter((i) => instanceMask(found[2]!, size)[i]),
    ).toEqual([5]);
    expect(instanceMask([], size)).toEqual(new Uint8Array(24));
  });

  it('takes runs that end with the picture, and empty ones', () => {
    const runs = Int32Array.of(3, 0, 6, 0, 2, 2);
    const painted = instanceMask({ runs } as never, size);
    expect(painted.subarray(18).every((value) => value === 1)).toBe(true);
    expect(painted.subarray(0, 18).every((value) => value === 0)).toBe(true);
  });

  it.each([[[4, 0, 1]], [[-1, 0, 1]], [[0, -1, 1]], [[0, 3, 2]], [[0, 0, 7]], [[0, 0]]])(
    'refuses the runs %j',
    (runs) => {
      expect(() => instanceMask({ runs: Int32Array.from(runs) } as never, size)).toThrow(/in row/);
    },
  );

  it('refuses runs of another kind', () => {
    expect(() => instanceMask({ runs: [0, 0, 1] } as never, size)).toThrow(/Int32Array/);
    expect(() => instanceMask(null as never, size)).toThrow(/instances/);
  });
});
