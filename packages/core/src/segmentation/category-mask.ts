import type { Segmentation } from '../contracts/segmentation.js';
import { logit } from '../maps/sigmoid.js';
import { checkSize } from '../raster/mask.js';
import { checkOptions, checkRange, listed, reading, valueIs } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';

export interface CategoryMaskOptions {
  /**
   * Decides which pixels are background (category 0):
   * `{ threshold }`: no class's probability exceeds it (default 0.5);
   * `{ label }`: the class with this label wins, which is the background;
   * `{ share }`: the winner's share of the softmax over the classes does not exceed it, 0..1.
   */
  readonly background?:
    | { readonly threshold: number }
    | { readonly label: string }
    | { readonly share: number };
  /** Divides the logits before the softmax; above 1 the shares become more equal. Default 1. */
  readonly temperature?: number;
  /** Number to add to the logits of a prompt, by label; positive numbers favor it. */
  readonly bias?: Readonly<Record<string, number>>;
}

/**
 * A category of the mask. 0 is the background, labeled `background` or by its prompt; the other
 * classes follow in the order of their prompts.
 */
export interface Category {
  readonly value: number;
  readonly label: string;
  /** Number of source pixels. */
  readonly area: number;
}

export interface CategoryMask {
  readonly width: number;
  readonly height: number;
  /** uint8 [height, width]: the category of every source pixel. */
  readonly data: Uint8Array;
  readonly legend: readonly Category[];
}

const fail = (what: string): never => {
  throw new ClipSegError('invalid-argument', `${what}.`);
};

function biases(labels: readonly string[], bias: Readonly<Record<string, number>>): number[] {
  const unknown = Object.keys(bias).find((label) => !labels.includes(label));
  if (unknown !== undefined) fail(`bias names ${showValue(unknown)}, which is no prompt`);
  return labels.map((label) => {
    const value = Object.hasOwn(bias, label) ? bias[label] : 0;
    return Number.isFinite(value)
      ? value!
      : fail(`bias of ${listed([label])} is ${valueIs(value)}, not a number`);
  });
}

/** Computes the winner's share of a softmax. Differences to the winner prevent overflow. */
function shareOf(winner: number, logits: readonly number[], temperature: number): number {
  let sum = 0;
  for (const value of logits) sum += Math.exp((value - winner) / temperature);
  return 1 / sum;
}

/**
 * Assigns every source pixel to one of the prompts, or to the background.
 * @throws ClipSegError `invalid-argument` for no prompts or more than 255, unknown labels, or
 *   numbers out of range
 */
export function categoryMask(
  segmentation: Segmentation,
  options: CategoryMaskOptions = {},
): CategoryMask {
  return reading('categoryMask: what it was given', () => categories(segmentation, options));
}

function categories(
  { segments, width, height }: Segmentation,
  options: CategoryMaskOptions,
): CategoryMask {
  checkSize({ width, height });
  const {
    background = { threshold: 0.5 },
    temperature = 1,
    bias = {},
  } = checkOptions(options, 'categoryMask');
  const labels = segments.map(({ label }) => label);
  if (labels.length < 1 || labels.length > 255)
    fail(`${labels.length} prompts; 1 to 255 are taken`);
  if (!(typeof temperature === 'number' && temperature > 0))
    fail(`temperature is ${valueIs(temperature)}, not above 0`);
  const offsets = biases(labels, bias);
  const named = 'label' in background ? labels.indexOf(background.label) : -1;
  if ('label' in background && named < 0) fail(`background.label is none of ${listed(labels)}`);
  const least =
    'share' in background ? checkRange(background.share, 'background.share') : undefined;
  const limit =
    'threshold' in background
      ? logit(checkRange(background.threshold, 'background.threshold'))
      : Number.NEGATIVE_INFINITY;

  const maps = segments.map((segment) => segment.logitsAtSource());
  const data = new Uint8Array(width * height);
  const logits = new Array<number>(maps.length);
  const foreground = labels.filter((_, k) => k !== named);
  const categoryOf = labels.map((_, k) => (k === named ? 0 : k + (named < 0 || k < named ? 1 : 0)));
  const areas = new Array<number>(foreground.length + 1).fill(0);
  for (let i = 0; i < data.length; i++) {
    let winner = 0;
    for (let k = 0; k < maps.length; k++) {
      logits[k] = maps[k]![i]! + offsets[k]!;
      if (logits[k]! > logits[winner]!) winner = k;
    }
    const best = logits[winner]!;
    const faint = least !== undefined && shareOf(best, logits, temperature) <= least;
    const category = !(best > limit) || faint ? 0 : categoryOf[winner]!;
    data[i] = category;
    areas[category] = areas[category]! + 1;
  }
  const first = labels[named] ?? 'background';
  const legend = [first, ...foreground].map((label, value) => ({
    value,
    label,
    area: areas[value]!,
  }));
  return { width, height, data, legend };
}
