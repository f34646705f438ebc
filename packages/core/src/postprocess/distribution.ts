import type { Distribution, ScoreMap } from '../contracts/post-processor.js';
import { logit, sigmoid } from '../maps/sigmoid.js';

// Bins have equal widths in logits, so that counting logits needs no exponential per pixel. Beyond
// 16 the probability of a logit is 0 or 1 to seven digits; a bin of 1/256 is at most 0.001 wide in
// probability.
const REACH = 16;
const PER_LOGIT = 256;
const BINS = 2 * REACH * PER_LOGIT;

/** Probabilities are looked up with 16 bits. */
const LEVELS = 65535;

const binOf = (value: number): number => {
  const bin = (value + REACH) * PER_LOGIT;
  if (bin >= BINS) return BINS - 1;
  return bin > 0 ? bin | 0 : 0;
};

// Tables for all maps, computed once: 65536 logarithms take longer than counting a small map.
let binOfLevel: Uint16Array | undefined;
let edges: Float64Array | undefined;

function edgesOf(): Float64Array {
  const edgeAt = (i: number) => (i === BINS ? 1 : i && sigmoid(i / PER_LOGIT - REACH));
  edges ??= Float64Array.from({ length: BINS + 1 }, (_, i) => edgeAt(i));
  return edges.slice(); // a thresholder may change its copy
}

/** Counts all pixels. */
export function distributionOf(scores: ScoreMap): Distribution {
  const counts = new Uint32Array(BINS);
  if (scores.scale === 'logit') {
    for (let y = 0; y < scores.height; y++) countLogits(scores.row(y), counts);
  } else {
    const levels = new Uint32Array(LEVELS + 1);
    for (let y = 0; y < scores.height; y++) countLevels(scores.row(y), levels);
    binOfLevel ??= Uint16Array.from({ length: LEVELS + 1 }, (_, i) => binOf(logit(i / LEVELS)));
    for (let i = 0; i <= LEVELS; i++) {
      const bin = binOfLevel[i]!;
      counts[bin] = counts[bin]! + levels[i]!;
    }
  }
  return { edges: edgesOf(), counts: Float64Array.from(counts) };
}

/** Returns the probability in the middle of each bin. */
export const binCenters = ({ edges, counts }: Distribution): Float64Array =>
  counts.map((_, i) => (edges[i]! + edges[i + 1]!) / 2);

export const pixelCount = ({ counts }: Distribution): number =>
  counts.reduce((sum, count) => sum + count, 0);

/** Returns the lowest edge of a bin above which at most `most` pixels lie. */
export function edgeAbove({ edges, counts }: Distribution, most: number): number {
  let above = 0;
  for (let i = counts.length - 1; i >= 0; i--) {
    above += counts[i]!;
    if (above > most) return edges[i + 1]!;
  }
  return 0;
}

function countLogits(row: Float32Array, counts: Uint32Array): void {
  for (let x = 0; x < row.length; x++) {
    const bin = binOf(row[x]!);
    counts[bin] = counts[bin]! + 1;
  }
}

function countLevels(row: Float32Array, levels: Uint32Array): void {
  for (let x = 0; x < row.length; x++) {
    const p = row[x]!;
    const level = p > 0 ? (Math.min(1, p) * LEVELS + 0.5) | 0 : 0;
    levels[level] = levels[level]! + 1;
  }
}
