import { describe, expect, it } from 'vitest';
import { connectedTo, fillHoles, removeSmall } from './parts.js';

const size = { width: 7, height: 4 };
const mask = (...rows: readonly string[]) =>
  Uint8Array.from(rows.join(''), (char) => (char === '.' ? 0 : 1));

describe('connectedTo', () => {
  it('keeps the parts that something sure touches, corners connecting', () => {
    const all = mask('##...##', '..#...#', '.......', '###.###');
    const sure = mask('.......', '..#....', '.......', '....#..');
    const kept = connectedTo(all, sure, size);
    expect(kept).toEqual(mask('##.....', '..#....', '.......', '....###'));
  });

  it('keeps nothing that is only beside it in the next row', () => {
    const all = mask('#......', '......#', '#......', '.......');
    const sure = mask('.......', '......#', '.......', '.......');
    expect(connectedTo(all, sure, size)).toEqual(sure);
  });
});

describe('fillHoles', () => {
  it('fills what does not reach the edge, up to an area', () => {
    const all = mask('#######', '#.##..#', '#######', '.#.####');
    expect(fillHoles(all, size)).toEqual(mask('#######', '#######', '#######', '.#.####'));
    expect(fillHoles(all, size, 1)).toEqual(mask('#######', '####..#', '#######', '.#.####'));
  });

  it('leaves open what reaches any of the four edges', () => {
    const open = mask('#.#####', '.###...', '#######', '###.###');
    expect(fillHoles(open, size)).toEqual(open);
  });
});

describe('removeSmall', () => {
  it('keeps parts of the area and larger ones', () => {
    const all = mask('##...#.', '.......', '###....', '...#...');
    expect(removeSmall(all, size, 2)).toEqual(mask('##.....', '.......', '###....', '...#...'));
    expect(removeSmall(all, size, 3)).toEqual(mask('.......', '.......', '###....', '...#...'));
  });
});

it('all refuse masks of another size, and areas that are none', () => {
  for (const operate of [fillHoles, removeSmall]) {
    expect(() => operate(new Uint8Array(3), size, 1)).toThrow(/3 values/);
    expect(() => operate(new Uint8Array(28), size, -1)).toThrow(/Area is -1/);
  }
});
