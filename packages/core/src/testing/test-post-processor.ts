import type { MaskDraft, PostProcessor } from '../contracts/post-processor.js';
import { type ContractCase, expect } from './contract.js';
import { pluginCase } from './plugin-case.js';
import { sampleDrafts } from './sample-drafts.js';

export interface TestPostProcessorOptions<Options> {
  readonly make: (options: Options) => PostProcessor;
  /** The options of the factory. */
  readonly options: Options;
  /** Whether the step must precede the threshold. Default false. */
  readonly beforeCut?: boolean;
}

/** Returns everything in a draft that can be compared. */
function shown({ mask, alpha, instances, threshold, scores }: MaskDraft): string {
  const rows = Array.from({ length: scores.height }, (_, y) => [...scores.row(y)]);
  const parts = instances?.map(({ runs, ...rest }) => ({ ...rest, runs: [...runs] }));
  return JSON.stringify([mask && [...mask], alpha && [...alpha], parts, threshold, rows]);
}

/**
 * Tests what every `PostProcessor` must do.
 * @returns one case per requirement
 */
export function testPostProcessor<Options>({
  make,
  options,
  beforeCut = false,
}: TestPostProcessorOptions<Options>): ContractCase[] {
  const own = make(options);
  /** Makes uncut drafts, and drafts with a mask of an earlier step, anew for each requirement. */
  const samples = () =>
    sampleDrafts().flatMap((sample) => {
      const { width, height } = sample.draft;
      const mask = Uint8Array.from({ length: width * height }, (_, i) => (i % 5 === 0 ? 0 : 1));
      const cut = { ...sample, draft: { ...sample.draft, mask, threshold: 0.5 } };
      return beforeCut ? [sample] : [sample, cut];
    });
  const on = (name: string, run: () => void): ContractCase => ({
    name: `step ${own.name}: ${name}`,
    run: async () => run(),
  });
  return [
    pluginCase(own, `step ${own.name}`),
    on('gives masks of 0 and 1 of the size of the scores', () => {
      for (const { name, draft, image } of samples()) {
        const { width, height, label, mask, alpha } = own.apply(draft, { image });
        expect(label === draft.label, `the prompt stays: ${name}`);
        expect(width === draft.width && height === draft.height, `the size stays: ${name}`);
        for (const levels of [mask, alpha]) {
          const fits = levels === undefined || levels.length === width * height;
          expect(fits, `mask and alpha are [height, width]: ${name}`);
        }
        expect(!mask || mask.every((value) => value <= 1), `a mask is 0 or 1: ${name}`);
      }
    }),
    on('leaves its input alone, and gives the same for the same', () => {
      for (const { name, draft, image } of samples()) {
        const before = shown(draft);
        const [first, second] = [own.apply(draft, { image }), own.apply(draft, { image })];
        expect(shown(draft) === before, `the draft is as it was: ${name}`);
        expect(shown(first) === shown(second), `it keeps no state: ${name}`);
      }
    }),
    on('leaves out what no longer belongs to its mask', () => {
      for (const { name, draft, image } of samples()) {
        if (!draft.mask) continue;
        const stale = { ...draft, alpha: draft.mask.map((value) => 99 * value), instances: [] };
        const next = own.apply(stale, { image });
        const kept = next.alpha === stale.alpha || next.instances === stale.instances;
        expect(!kept || String(next.mask) === String(draft.mask), `no old alpha: ${name}`);
      }
    }),
    on('is made again from its JSON', () => {
      const { name, ...rest } = JSON.parse(JSON.stringify(own));
      const again = make(rest);
      for (const { draft, image } of samples()) {
        const [a, b] = [own, again].map((step) => shown(step.apply(draft, { image })));
        expect(a === b, 'it does the same');
      }
    }),
  ];
}
