import type { MaskedPixels, MaskingStrategy } from '../contracts/masking-strategy.js';
import { type ContractCase, expect, sameNumbers } from './contract.js';
import { pluginCase } from './plugin-case.js';

export interface TestMaskingStrategyOptions {
  readonly strategy: MaskingStrategy;
}

const [height, width] = [28, 40];
const wanted = [32, 48] as const;

type Inside = (x: number, y: number) => boolean;

/** An image of waves with a region. */
function picture(inside: Inside): MaskedPixels {
  const at = (i: number): [number, number] => [i % width, Math.floor(i / width) % height];
  return {
    height,
    width,
    mean: [0.5, 0.5, 0.5],
    std: [0.25, 0.25, 0.25],
    pixels: Float32Array.from({ length: 3 * height * width }, (_, i) => 2 * Math.sin(i * 0.7)),
    mask: Float32Array.from({ length: height * width }, (_, i) => (inside(...at(i)) ? 1 : 0)),
  };
}

const regions: readonly [string, Inside][] = [
  ['a disc', (x, y) => (x - 24) ** 2 + (y - 12) ** 2 < 64],
  ['one pixel in the corner', (x, y) => x === width - 1 && y === height - 1],
  ['the whole picture', () => true],
];

/**
 * Tests what every `MaskingStrategy` must do.
 * @returns one case per requirement
 */
export function testMaskingStrategy({ strategy }: TestMaskingStrategyOptions): ContractCase[] {
  const on = (name: string, demand: (input: MaskedPixels, region: string) => void) => ({
    name: `masking ${strategy.name}: ${name}`,
    async run() {
      for (const [region, inside] of regions) demand(picture(inside), region);
    },
  });
  return [
    pluginCase(strategy, `masking ${strategy.name}`),
    on('gives a picture and its region, finite', (input, region) => {
      const seen = strategy.apply(input, wanted);
      const count = seen.height * seen.width;
      const size = `${seen.width} x ${seen.height}`;
      expect(seen.pixels instanceof Float32Array, 'pixels are a Float32Array');
      expect(seen.pixels.length === 3 * count, `pixels are 3 x ${size}, for ${region}`);
      expect(seen.mask.length === count, `the mask is ${size}, for ${region}`);
      expect(seen.pixels.every(Number.isFinite), `pixels are finite, for ${region}`);
      expect(
        seen.mask.every((value) => value >= 0 && value <= 1),
        'the mask lies in 0..1',
      );
    }),
    on('keeps the size, or gives the wanted one where it resizes', (input) => {
      const seen = strategy.apply(input, wanted);
      const [rows, columns] = strategy.resizes ? wanted : [height, width];
      const right = seen.height === rows && seen.width === columns;
      expect(right, `${columns} x ${rows} pixels, not ${seen.width} x ${seen.height}`);
    }),
    on('leaves its input alone', (input) => {
      const before = structuredClone(input);
      strategy.apply(input, wanted);
      expect(sameNumbers(input.pixels, before.pixels), 'pixels are as they were');
      expect(sameNumbers(input.mask, before.mask), 'the mask is as it was');
    }),
    on('gives the same each time', (input) => {
      const [a, b] = [strategy.apply(input, wanted), strategy.apply(input, wanted)];
      expect(sameNumbers(a.pixels, b.pixels) && sameNumbers(a.mask, b.mask), 'twice the same');
    }),
  ];
}
