import {
  addConfusions,
  auroc,
  bestOperatingPoint,
  type Confusion,
  confusion,
  type FixedIntervalScores,
  fixedIntervalMetrics,
  type MaskScores,
  maskScores,
  type OperatingPoint,
  type PixelCounts,
  pixelCounts,
} from '../metrics/index.js';
import type { Truth } from './dataset.js';
import type { ExampleResult, ExampleScores } from './example-result.js';

/** Share of an image's pixels below which a mask counts as empty. */
const EMPTY = 0.01;

/** The scores of all examples of a kind. */
export interface KindScores {
  readonly kind: string;
  readonly count: number;
  /** Number of examples of objects that are present. When it is 0, only `empty` is meaningful. */
  readonly present: number;
  /** Means over the examples. */
  readonly iou: number;
  readonly boundaryF: number;
  /** Scores of all pixels together. */
  readonly pixels: MaskScores;
  /** Mean over the categories of the IoU of all their pixels. */
  readonly meanIou: number;
  readonly averagePrecision: number;
  /** The threshold with the best IoU of all pixels together. */
  readonly best: { readonly threshold: number; readonly iou: number };
  readonly categories: readonly CategoryScores[];
  /** Share of the examples whose mask covers less than 1 % of the image. */
  readonly empty: number;
  /** Presence scores of present objects against those of absent objects. */
  readonly presence?: OperatingPoint & { readonly auroc: number };
  /** The original's metrics, at model resolution. */
  readonly original: OriginalScores;
}

/** Scores of all pixels of one category together. */
export interface CategoryScores {
  readonly category: string;
  readonly count: number;
  readonly iou: number;
  /** The threshold with the best IoU, in steps of 0.01. */
  readonly best: { readonly threshold: number; readonly iou: number };
}

export interface OriginalScores {
  readonly ap: number;
  readonly fgiou: OriginalCurve;
  readonly biniou: OriginalCurve;
  readonly miou: OriginalCurve;
}

export interface OriginalCurve {
  readonly best: number;
  readonly bestThreshold: number;
  /** Scores at the paper's thresholds, 0.1 and 0.3, and at 0.5. */
  readonly at: { readonly '0.1': number; readonly '0.3': number; readonly '0.5': number };
}

/** Resizes with torch's nearest neighbor, as the original fits truths to its resolution. */
function atModel({ data, width, height }: Truth, [h, w]: readonly [number, number]): Uint8Array {
  const result = new Uint8Array(h * w);
  const columns = Int32Array.from({ length: w }, (_, x) => Math.floor((x * width) / w));
  for (let y = 0; y < h; y++) {
    const row = Math.floor((y * height) / h) * width;
    for (let x = 0; x < w; x++) result[y * w + x] = data[row + columns[x]!] === 1 ? 1 : 0;
  }
  return result;
}

function originalScores({ ap, fgiou, biniou, miou }: FixedIntervalScores): OriginalScores {
  const curve = (one: FixedIntervalScores['fgiou']): OriginalCurve => ({
    best: one.best,
    bestThreshold: one.bestThreshold,
    at: { '0.1': one.at(0.1), '0.3': one.at(0.3), '0.5': one.at(0.5) },
  });
  return { ap, fgiou: curve(fgiou), biniou: curve(biniou), miou: curve(miou ?? fgiou) };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

interface CategoryTally {
  readonly index: number;
  readonly confusions: Confusion[];
  readonly counts: PixelCounts;
}

const bestIou = (counts: PixelCounts): KindScores['best'] => {
  const { threshold, score } = counts.best('iou');
  return { threshold, iou: score };
};

/** Collects the examples of one kind. */
export function createTally(kind: string) {
  const examples: ExampleScores[] = [];
  const histogram = pixelCounts();
  const original = fixedIntervalMetrics();
  const categories = new Map<string, CategoryTally>();

  function categoryOf(name: string): CategoryTally {
    const known = categories.get(name);
    if (known) return known;
    const counts = pixelCounts({ steps: 100 });
    const made = { index: categories.size, confusions: [], counts };
    categories.set(name, made);
    return made;
  }

  function categoryScores(): CategoryScores[] {
    return [...categories].map(([category, { confusions, counts }]) => ({
      category,
      count: confusions.length,
      iou: maskScores(addConfusions(confusions)).iou,
      best: bestIou(counts),
    }));
  }

  function presenceScores(absent: readonly number[]): KindScores['presence'] {
    const present = examples.filter(({ truthArea }) => truthArea > 0).map((one) => one.presence);
    if (present.length === 0 || absent.length === 0) return undefined;
    return { auroc: auroc(present, absent), ...bestOperatingPoint(present, absent) };
  }

  return {
    examples,
    add(
      scores: ExampleScores,
      { segment, mask, truth }: Pick<ExampleResult<unknown>, 'segment' | 'mask' | 'truth'>,
      size: readonly [number, number],
    ): void {
      examples.push(scores);
      const category = categoryOf(scores.category);
      const probabilities = segment.probabilities();
      category.confusions.push(confusion(mask, truth.data));
      for (const counts of [category.counts, histogram]) counts.add(probabilities, truth.data);
      original.add(segment.logits, atModel(truth, size), category.index);
    },
    /** @param absent presence scores of prompts for absent objects */
    value(absent: readonly number[]): KindScores {
      const all = [...categories.values()].flatMap(({ confusions }) => confusions);
      const scored = categoryScores();
      return {
        kind,
        count: examples.length,
        present: examples.filter(({ truthArea }) => truthArea > 0).length,
        iou: mean(examples.map(({ iou }) => iou)),
        boundaryF: mean(examples.map((one) => one.boundaryF)),
        pixels: maskScores(addConfusions(all)),
        meanIou: mean(scored.map(({ iou }) => iou)),
        averagePrecision: histogram.averagePrecision(),
        best: bestIou(histogram),
        categories: scored,
        empty: mean(examples.map(({ area }) => (area < EMPTY ? 1 : 0))),
        presence: presenceScores(absent),
        original: originalScores(original.value()),
      };
    },
  };
}
