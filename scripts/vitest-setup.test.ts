import { expect, it } from 'vitest';

it('typed arrays are equal if their types and all elements are', () => {
  const values = [0, 1.5, Number.NaN];
  const array = Float32Array.from(values);
  expect(array).toEqual(Float32Array.from(values));
  expect({ list: [array] }).toEqual({ list: [Float32Array.from(values)] });
  expect({ list: [array] }).toStrictEqual({ list: [Float32Array.from(values)] });
  for (const other of [
    Float64Array.from(values),
    Float32Array.of(0, 1.5),
    Float32Array.of(-0, 1.5, Number.NaN),
    Float32Array.of(0, 1.5, 2),
    values,
  ]) {
    expect(array).not.toEqual(other);
    expect({ list: [array] }).not.toEqual({ list: [other] });
    expect({ list: [array] }).not.toMatchObject({ list: [other] });
  }
});

it('a million elements are compared in less than half a second', () => {
  const mask = new Uint8Array(1_000_000).fill(1);
  const start = process.cpuUsage();
  expect(mask).toEqual(mask.slice());
  expect(process.cpuUsage(start).user).toBeLessThan(500_000); // microseconds
});
