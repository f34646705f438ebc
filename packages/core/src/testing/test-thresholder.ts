import type { Level, Thresholder } from '../contracts/post-processor.js';
import { distributionOf } from '../postprocess/distribution.js';
import { type ContractCase, expect } from './contract.js';
import { pluginCase } from './plugin-case.js';
import { sampleDrafts } from './sample-drafts.js';

export interface TestThresholderOptions<Options> {
  readonly make: (options: Options) => Thresholder;
  /** The options of the factory. */
  readonly options: Options;
}

/**
 * Tests what every `Thresholder` must do.
 * @returns one case per requirement
 */
export function testThresholder<Options>({
  make,
  options,
}: TestThresholderOptions<Options>): ContractCase[] {
  const own = make(options);
  const levelsOf = (thresholder: Thresholder): Level[] =>
    sampleDrafts().map(({ draft: { label, scores } }) =>
      thresholder.level({ label, scores, distribution: () => distributionOf(scores) }),
    );
  const on = (name: string, run: () => void): ContractCase => ({
    name: `thresholder ${own.name}: ${name}`,
    run: async () => run(),
  });
  return [
    pluginCase(own, `thresholder ${own.name}`),
    on('gives probabilities, the lower one first, for any scores', () => {
      for (const level of levelsOf(own)) {
        const { low, high } = typeof level === 'number' ? { low: level, high: level } : level;
        expect(low >= 0 && low <= high && high <= 1, `0 <= ${low} <= ${high} <= 1`);
      }
    }),
    on('gives the same for the same', () => {
      const [first, second] = [levelsOf(own), levelsOf(own)].map((all) => JSON.stringify(all));
      expect(first === second, 'it keeps no state');
    }),
    on('is made again from its JSON', () => {
      const { name, ...rest } = JSON.parse(JSON.stringify(own));
      const again = make(rest);
      expect(again.name === name, 'the name is the same');
      expect(
        JSON.stringify(levelsOf(again)) === JSON.stringify(levelsOf(own)),
        'so are its levels',
      );
    }),
  ];
}
