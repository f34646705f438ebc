import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brush, checkStrokes } from './brush.js';

const size = { width: 14, height: 11 };
const nothing = () => new Uint8Array(size.width * size.height);

/** How far a point is from the line between two others. */
function distance([x, y]: number[], [ax, ay]: number[], [bx, by]: number[]): number {
  const [dx, dy] = [bx! - ax!, by! - ay!];
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : ((x! - ax!) * dx + (y! - ay!) * dy) / square;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x! - ax! - t * dx, y! - ay! - t * dy);
}

describe('brush', () => {
  it('paints the pixels whose middle is within half its width of the line', () => {
    const at = fc.integer({ min: -12, max: 60 }).map((v) => v / 4);
    const points = fc.array(fc.tuple(at, at), { minLength: 1, maxLength: 3 });
    const check = (line: [number, number][], width: number) => {
      const painted = brush(nothing(), size, [{ points: line, width }]);
      for (const i of painted.keys()) {
        const middle = [(i % size.width) + 0.5, Math.floor(i / size.width) + 0.5];
        const away = Math.min(
          ...line.map((to, k) => distance(middle, line[Math.max(0, k - 1)]!, to)),
        );
        if (Math.abs(away - width / 2) > 1e-9) expect(painted[i]).toBe(away < width / 2 ? 1 : 0);
      }
    };
    fc.assert(
      fc.property(
        points,
        fc.integer({ min: 1, max: 30 }).map((w) => w / 3),
        check,
      ),
    );
  });

  it('adds and erases in order, in a new mask of 0 and 1', () => {
    const mask = nothing();
    mask[0] = 200;
    const dot = { points: [[5.5, 5.5]], width: 1 } as const;
    const at = 5 * size.width + 5;
    const painted = brush(mask, size, [dot]);
    expect([painted[0], painted[at]]).toEqual([1, 1]);
    expect(brush(mask, size, [dot, { ...dot, erase: true }])[at]).toBe(0);
    expect(brush(mask, size, [{ ...dot, erase: true }, dot])[at]).toBe(1);
    expect(mask[0]).toBe(200);
    expect(brush(mask, size, [])).toEqual(mask.map((value) => (value ? 1 : 0)));
  });
});

describe('checkStrokes', () => {
  it('keeps what belongs to a stroke', () => {
    const points = [[1, 2]];
    expect(checkStrokes([{ points, width: 3, color: 'red' }])).toEqual([{ points, width: 3 }]);
    expect(checkStrokes([{ points, width: 3, erase: 1 }])).toEqual([
      { points, width: 3, erase: true },
    ]);
    expect(checkStrokes([])).toEqual([]);
  });

  it.each([
    ['points', /strokes/],
    [[null], /width of stroke 0/],
    [[{ points: [[1, 1]], width: 0 }], /Stroke 0/],
    [[{ points: [[1, 1]], width: '2' }], /width of stroke 0/],
    [
      [
        { points: [[1, 1]], width: 1 },
        { points: [], width: 1 },
      ],
      /Stroke 1/,
    ],
    [[{ points: 5, width: 1 }], /Stroke 0/],
    [[{ points: [[1]], width: 1 }], /Stroke 0/],
    [[{ points: [[1, 2, 3]], width: 1 }], /Stroke 0/],
    [
      [
        {
          points: [
            [1, 2],
            [1, Number.NaN],
          ],
          width: 1,
        },
      ],
      /Stroke 0/,
    ],
    [
      [
        {
          points: [
            [1, 2],
            [Number.NaN, 1],
          ],
          width: 1,
        },
      ],
      /Stroke 0/,
    ],
    [[{ points: [[1, 2], 'ab'], width: 1 }], /Stroke 0/],
  ])('refuses others: %#', (strokes, message) => {
    expect(() => checkStrokes(strokes)).toThrow(message);
  });
});
