import type { ScoreMap } from '../contracts/post-processor.js';
import type { MaskSize } from '../raster/mask.js';
import { type Axis, axis, createUpsampler } from './upsample.js';

/**
 * Wraps logits at model resolution, which are upsampled to the source while they are read.
 * @param logits float32 [h, w]
 */
export function upsampledScores(
  logits: Float32Array,
  size: readonly [h: number, w: number],
  source: MaskSize,
): ScoreMap {
  const { width, height } = source;
  const upsampler = createUpsampler(logits, size, [height, width]);
  const row = new Float32Array(width);
  return {
    width,
    height,
    scale: 'logit',
    row(y) {
      upsampler.row(y, row);
      return row;
    },
    above: (limit) => aboveUpsampled(logits, size, source, limit),
  };
}

/**
 * Source pixels from `start` to `end` (not included) of a band of rows that are treated equally.
 */
interface Span {
  readonly start: number;
  readonly end: number;
  /** Whether all pixels are above the limit, or only some. */
  readonly full: boolean;
}

/** Smallest number of pixels per cell at which checking cells pays off. */
const WORTHWHILE = 32;

/** Marks pixels at which the upsampled map exceeds a limit: uint8 [height, width]. */
export function aboveUpsampled(
  map: Float32Array,
  size: readonly [h: number, w: number],
  source: MaskSize,
  limit: number,
): Uint8Array {
  const cell = (source.width * source.height) / map.length;
  return cell < WORTHWHILE
    ? aboveByPixel(map, size, source, limit)
    : aboveByCell(map, size, source, limit);
}

function aboveByPixel(
  map: Float32Array,
  size: readonly [h: number, w: number],
  { width, height }: MaskSize,
  limit: number,
): Uint8Array {
  const mask = new Uint8Array(width * height);
  const upsampler = createUpsampler(map, size, [height, width]);
  const values = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    upsampler.row(y, values);
    const start = y * width;
    for (let x = 0; x < width; x++) mask[start + x] = values[x]! > limit ? 1 : 0;
  }
  return mask;
}

/**
 * Does not upsample most of the map: a value between four others does not exceed a limit that none
 * of them exceeds, and exceeds one that all of them do. Only cells with both kinds of corners are
 * computed pixel by pixel.
 */
function aboveByCell(
  map: Float32Array,
  [h, w]: readonly [h: number, w: number],
  { width, height }: MaskSize,
  limit: number,
): Uint8Array {
  const mask = new Uint8Array(width * height);
  const [rows, columns] = [axis(h, height), axis(w, width)];
  const upsampler = createUpsampler(map, [h, w], [height, width]);
  const values = new Float32Array(width);
  let [band, spans] = [-1, [] as Span[]];
  for (let y = 0; y < height; y++) {
    const top = rows.low[y]!;
    if (top !== band) {
      band = top;
      const bottom = rows.high[y]!;
      spans = spansOf(map.subarray(top * w), map.subarray(bottom * w), columns, limit);
    }
    const start = y * width;
    for (const span of spans) {
      if (span.full) mask.fill(1, start + span.start, start + span.end);
      else {
        upsampler.row(y, values, span.start, span.end);
        for (let x = span.start; x < span.end; x++) {
          mask[start + x] = values[x]! > limit ? 1 : 0;
        }
      }
    }
  }
  return mask;
}

/** Returns the spans between two rows of the map that are not entirely outside. */
function spansOf(
  upper: Float32Array,
  lower: Float32Array,
  { low, high }: Axis,
  limit: number,
): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (let end = 1; end <= low.length; end++) {
    if (end < low.length && low[end] === low[start]) continue;
    const [left, right] = [low[start]!, high[start]!];
    let corners = 0;
    for (const row of [upper, lower]) {
      if (row[left]! > limit) corners++;
      if (row[right]! > limit) corners++;
    }
    const before = spans.at(-1);
    if (corners > 0) {
      const full = corners === 4;
      if (before?.end === start && before.full === full) {
        spans[spans.length - 1] = { ...before, end };
      } else spans.push({ start, end, full });
    }
    start = end;
  }
  return spans;
}
