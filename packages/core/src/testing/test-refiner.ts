import type { Refiner, ScoreMap } from '../contracts/post-processor.js';
import { type ContractCase, expect, sameNumbers } from './contract.js';
import { pluginCase } from './plugin-case.js';
import { sampleDrafts } from './sample-drafts.js';

export interface TestRefinerOptions<Options> {
  readonly make: (options: Options) => Refiner;
  /** The options of the factory. */
  readonly options: Options;
}

const rowsOf = (scores: ScoreMap): number[] =>
  Array.from({ length: scores.height }, (_, y) => [...scores.row(y)]).flat();

/**
 * Tests what every `Refiner` must do.
 * @returns one case per requirement
 */
export function testRefiner<Options>({
  make,
  options,
}: TestRefinerOptions<Options>): ContractCase[] {
  const own = make(options);
  const on = (name: string, run: () => void): ContractCase => ({
    name: `refiner ${own.name}: ${name}`,
    run: async () => run(),
  });
  return [
    pluginCase(own, `refiner ${own.name}`),
    on('gives scores of the same size, in rows of any order', () => {
      for (const { name, draft, image } of sampleDrafts()) {
        const refined = own.refine(draft.scores, image);
        const { width, height } = draft;
        expect(refined.width === width && refined.height === height, `the size stays: ${name}`);
        const rows = rowsOf(refined);
        expect(rows.length === width * height, `rows have ${width} values: ${name}`);
        const last = [...refined.row(height - 1)];
        expect(sameNumbers(last, rows.slice(-width)), `rows may be asked for again: ${name}`);
      }
    }),
    on('gives numbers: probabilities from 0 to 1', () => {
      for (const { name, draft, image } of sampleDrafts()) {
        const refined = own.refine(draft.scores, image);
        const most = refined.scale === 'probability' ? 1 : Number.POSITIVE_INFINITY;
        const least = refined.scale === 'probability' ? 0 : Number.NEGATIVE_INFINITY;
        const valid = rowsOf(refined).every((value) => value >= least && value <= most);
        expect(valid, `every value is a number in range: ${name}`);
      }
    }),
    on('leaves its input alone', () => {
      for (const { name, draft, image } of sampleDrafts()) {
        const before = JSON.stringify([rowsOf(draft.scores), [...image.data]]);
        rowsOf(own.refine(draft.scores, image));
        const after = JSON.stringify([rowsOf(draft.scores), [...image.data]]);
        expect(before === after, `scores and picture are as they were: ${name}`);
      }
    }),
    on('is made again from its JSON', () => {
      const { name, ...rest } = JSON.parse(JSON.stringify(own));
      const again = make(rest);
      expect(again.name === name, 'the name is the same');
      for (const { draft, image } of sampleDrafts()) {
        const [a, b] = [own, again].map((one) => rowsOf(one.refine(draft.scores, image)));
        expect(sameNumbers(a ?? [], b ?? []), 'so are its scores');
      }
    }),
  ];
}
