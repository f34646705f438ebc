import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeBackend } from '../testing/fakes/fake-backend.js';
import { fakeModel } from '../testing/fakes/fake-model.js';
import { loadModel } from './model.js';
import { interpolatePositionEmbedding } from './position-embedding.js';
import { createPositions } from './positions.js';

/** Keys' cubic kernel with a = -0.75. */
function kernel(signed: number): number {
  const x = Math.abs(signed);
  if (x <= 1) return 1.25 * x ** 3 - 2.25 * x ** 2 + 1;
  return x < 2 ? -0.75 * (x ** 3 - 5 * x ** 2 + 8 * x - 4) : 0;
}

describe('interpolatePositionEmbedding', () => {
  const side = 4;
  const channels = 3;
  const table = Float32Array.from(
    { length: (1 + side * side) * channels },
    (_, i) => ((i * 7919) % 23) - 11,
  );

  it('is bicubic, as torch does it, with the border repeated', () => {
    const check = (rows: number, columns: number) => {
      const found = interpolatePositionEmbedding(table, [17, channels], [rows, columns]);
      expect(found).toHaveLength((1 + rows * columns) * channels);
      expect(found.subarray(0, channels)).toEqual(table.subarray(0, channels));
      for (let i = 0; i < rows * columns; i++) {
        const v = ((Math.floor(i / columns) + 0.5) * side) / rows - 0.5;
        const u = (((i % columns) + 0.5) * side) / columns - 0.5;
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let y = -4; y < side + 4; y++) {
            for (let x = -4; x < side + 4; x++) {
              const [row, column] = [y, x].map((at) => Math.min(side - 1, Math.max(0, at)));
              sum +=
                kernel(y - v) * kernel(x - u) * table[(1 + row! * side + column!) * channels + c]!;
            }
          }
          expect(found[(1 + i) * channels + c]).toBeCloseTo(sum, 3);
        }
      }
    };
    const count = fc.integer({ min: 1, max: 9 });
    fc.assert(fc.property(count, count, check), { numRuns: 40 });
  });

  it('of the same grid is the table itself', () => {
    expect(interpolatePositionEmbedding(table, [17, channels], [4, 4])).toBe(table);
    expect(interpolatePositionEmbedding(table, [17, channels], [2, 8])).not.toBe(table);
  });
});

describe('createPositions', () => {
  it('goes by the patches of a resolution, and keeps some', async () => {
    const model = await loadModel({ backend: fakeBackend(), source: fakeModel() });
    const positions = createPositions(model);
    const one = positions([16, 24]);
    expect(one).toHaveLength((1 + 4 * 6) * 3);
    expect(positions([16, 24])).toBe(one);
    expect(positions([24, 16])).not.toBe(one);
    for (const sides of [8, 12, 20]) positions([sides, sides]);
    expect(positions([24, 16])).toHaveLength(75);
    await model.dispose();
  });
});
