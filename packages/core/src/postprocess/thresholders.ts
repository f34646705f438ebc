import type { Distribution, Thresholder, ThresholdInput } from '../contracts/post-processor.js';
import { checkOptions, checkRange, listed } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { isRecord } from '../util/json.js';
import { showValue } from '../util/show-value.js';

/** Of the thresholders that look at the picture. */
export interface AdaptiveOptions {
  /**
   * The threshold is never below this probability. Whatever a prompt finds where it names nothing
   * has a threshold of its own too: a floor keeps that out. Default 0.
   */
  readonly least?: number;
}

/**
 * An adaptive thresholder out of a function of the distribution; its options are its properties.
 */
function adaptive<Options extends object>(
  name: string,
  given: Options & AdaptiveOptions,
  level: (distribution: Distribution) => number,
): Thresholder & AdaptiveOptions {
  const { least = 0, ...options } = checkOptions(given, name);
  checkRange(least, `${name}: least`);
  return {
    name,
    ...options,
    least,
    level: ({ distribution }: ThresholdInput) => Math.max(least, level(distribution())),
  };
}

export interface FixedOptions {
  /** 0..1. Default 0.5. */
  readonly value?: number;
}

/** The same probability for all prompts. */
export function fixed(options: FixedOptions = {}): Thresholder & FixedOptions {
  const { value = 0.5 } = checkOptions(options, 'fixed');
  checkRange(value, 'threshold');
  return { name: 'fixed', value, level: () => value };
}

function checkTable(table: unknown, name: string): Readonly<Record<string, number>> {
  if (!isRecord(table)) {
    throw new ClipSegError('invalid-argument', `${name} is no table of thresholds by prompt.`);
  }
  const own = checkOptions(table, name);
  for (const [prompt, value] of Object.entries(own)) {
    checkRange(value, `${name}: ${listed([prompt])}`);
  }
  return own as Record<string, number>;
}

export interface CalibratedOptions {
  /** For prompts that are not named below, 0..1. Default 0.5. */
  readonly threshold?: number;
  /** By the prompt's label, 0..1. */
  readonly thresholds: Readonly<Record<string, number>>;
}

/** Thresholds of an evaluation: takes what `calibrate` of `@clipseg/core/evaluation` gives. */
export function calibrated(options: CalibratedOptions): Thresholder & Required<CalibratedOptions> {
  const { threshold = 0.5, thresholds: table } = checkOptions(options, 'calibrated');
  const thresholds = checkTable(table, 'calibrated: thresholds');
  checkRange(threshold, 'calibrated: threshold');
  return {
    name: 'calibrated',
    threshold,
    thresholds,
    level: ({ label }) => (Object.hasOwn(thresholds, label) ? thresholds[label]! : threshold),
  };
}

export interface PerPromptOptions {
  /** By the prompt's label, 0..1. */
  readonly values: Readonly<Record<string, number>>;
  /** For all others; without one, a prompt that is not named is an error. */
  readonly otherwise?: number;
}

/** Thresholds set by hand, one per prompt. */
export function perPrompt(options: PerPromptOptions): Thresholder & PerPromptOptions {
  const { values: table, otherwise } = checkOptions(options, 'perPrompt');
  const values = checkTable(table, 'perPrompt: values');
  if (otherwise !== undefined) checkRange(otherwise, 'perPrompt: otherwise');
  return {
    name: 'perPrompt',
    values,
    otherwise,
    level({ label }) {
      const value = Object.hasOwn(values, label) ? values[label] : otherwise;
      if (value !== undefined) return value;
      const names = listed(Object.keys(values));
      throw new ClipSegError(
        'invalid-argument',
        `perPrompt has no threshold for ${showValue(label)}, only for ${names}.`,
      );
    },
  };
}

const middles = ({ edges, counts }: Distribution): Float64Array =>
  counts.map((_, i) => (edges[i]! + edges[i + 1]!) / 2);

/** Between the two groups of pixels that differ most (Otsu 1979). */
export function otsu(options: AdaptiveOptions = {}): Thresholder & AdaptiveOptions {
  return adaptive('otsu', options, (distribution) => {
    const { counts, edges } = distribution;
    const values = middles(distribution);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const whole = counts.reduce((sum, count, i) => sum + count * values[i]!, 0);
    let [below, sum, best] = [0, 0, 0];
    // Where nothing lies between the groups, every threshold is as good: the middle one is taken.
    let [first, last] = [edges.length - 1, edges.length - 1];
    for (let i = 0; i < counts.length; i++) {
      below += counts[i]!;
      sum += counts[i]! * values[i]!;
      if (below === 0 || below === total) continue;
      const apart = sum / below - (whole - sum) / (total - below);
      const between = below * (total - below) * apart * apart;
      if (between > best * (1 + 1e-12)) [best, first] = [between, i + 1];
      if (between >= best * (1 - 1e-12)) last = i + 1;
    }
    // All of one value: nothing stands out.
    if (best === 0) return 0.5;
    return (edges[first]! + edges[last]!) / 2;
  });
}

const COARSE = 256;

/** Of 256 even bins of probability. */
function coarse(distribution: Distribution): Float64Array {
  const result = new Float64Array(COARSE);
  for (const [i, value] of middles(distribution).entries()) {
    const bin = Math.min(COARSE - 1, Math.floor(value * COARSE));
    result[bin] = result[bin]! + distribution.counts[i]!;
  }
  return result;
}

/**
 * Where the histogram is furthest below the line from its peak to its far end: for small things on
 * a large background (Zack et al. 1977).
 */
export function triangle(options: AdaptiveOptions = {}): Thresholder & AdaptiveOptions {
  return adaptive('triangle', options, (distribution) => {
    const counts = coarse(distribution);
    const first = counts.findIndex((count) => count > 0);
    const last = counts.findLastIndex((count) => count > 0);
    const peak = counts.indexOf(counts.reduce((a, b) => Math.max(a, b), 0));
    const end = peak - first > last - peak ? first : last;
    if (end === peak) return 0.5; // all of one value
    const rise = (counts[end]! - counts[peak]!) / (end - peak);
    let [best, at] = [-1, peak];
    for (let i = peak; i !== end; i += Math.sign(end - peak)) {
      const below = counts[peak]! + rise * (i - peak) - counts[i]!;
      if (below > best) [best, at] = [below, i];
    }
    return (at + (end > peak ? 1 : 0)) / COARSE;
  });
}

/** The lowest edge of a bin above which at most so many pixels lie. */
function edgeAbove({ edges, counts }: Distribution, most: number): number {
  let above = 0;
  for (let i = counts.length - 1; i >= 0; i--) {
    above += counts[i]!;
    if (above > most) return edges[i + 1]!;
  }
  return 0;
}

const pixelsOf = ({ counts }: Distribution): number => counts.reduce((sum, n) => sum + n, 0);

export interface PercentileOptions extends AdaptiveOptions {
  /** Of the pixels are outside, 0..100. */
  readonly percent: number;
}

/** So that a part of the picture is outside. */
export function percentile(given: PercentileOptions): Thresholder & PercentileOptions {
  const { percent, ...options } = checkOptions(given, 'percentile');
  checkRange(percent, 'percentile: percent', 0, 100);
  const thresholder = adaptive('percentile', { percent, ...options }, (distribution) =>
    edgeAbove(distribution, pixelsOf(distribution) * (1 - percent / 100)),
  );
  return { ...thresholder, percent };
}

export interface AreaOptions extends AdaptiveOptions {
  /** Of the picture, 0..1; or `pixels`. */
  readonly share?: number;
  /** Source pixels. */
  readonly pixels?: number;
}

/** So that the mask has a wanted area, or as near below as the scores allow. */
export function areaTarget(given: AreaOptions): Thresholder & AreaOptions {
  const { share, pixels, ...options } = checkOptions(given, 'areaTarget');
  if ((share === undefined) === (pixels === undefined)) {
    throw new ClipSegError('invalid-argument', 'areaTarget takes either share or pixels.');
  }
  if (share !== undefined) checkRange(share, 'areaTarget: share');
  else checkRange(pixels, 'areaTarget: pixels', 0, Number.MAX_SAFE_INTEGER);
  const thresholder = adaptive('areaTarget', { share, pixels, ...options }, (distribution) =>
    edgeAbove(distribution, pixels ?? share! * pixelsOf(distribution)),
  );
  return { ...thresholder, share, pixels };
}

export interface RelativeOptions extends AdaptiveOptions {
  /** Of the highest probability, 0..1. Default 0.5. */
  readonly share?: number;
}

/** A part of the highest probability in the picture. */
export function relativeToMaximum(given: RelativeOptions = {}): Thresholder & RelativeOptions {
  const { share = 0.5, ...options } = checkOptions(given, 'relativeToMaximum');
  checkRange(share, 'relativeToMaximum: share');
  const thresholder = adaptive('relativeToMaximum', { share, ...options }, (distribution) => {
    const highest = distribution.counts.findLastIndex((count) => count > 0);
    return share * middles(distribution)[highest]!;
  });
  return { ...thresholder, share };
}

export interface HysteresisOptions {
  /** 0..1. Default 0.3. */
  readonly low?: number;
  /** 0..1, not below `low`. Default 0.6. */
  readonly high?: number;
}

/**
 * What exceeds `low` and is connected to something that exceeds `high`: faint parts of what is
 * sure, but nothing that is faint alone (Canny 1986).
 */
export function hysteresis(options: HysteresisOptions = {}): Thresholder & HysteresisOptions {
  const { low = 0.3, high = 0.6 } = checkOptions(options, 'hysteresis');
  checkRange(low, 'hysteresis: low');
  checkRange(high, 'hysteresis: high', low);
  return { name: 'hysteresis', low, high, level: () => ({ low, high }) };
}
