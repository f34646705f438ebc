import type { Instance, ScoreMap } from '../contracts/post-processor.js';
import { contours } from '../maps/contours.js';
import { instanceMask } from '../postprocess/instances.js';
import type { MaskSize } from '../raster/mask.js';
import { checkPolygons, type Polygon, type Ring } from '../raster/polygon.js';
import { type SimplifyOptions, simplify } from '../raster/simplify.js';
import { checkOptions, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import { type Masked, maskOf } from './mask-of.js';

/** A named area. */
export interface Shape {
  readonly label: string;
  /** Its connected parts. */
  readonly polygons: readonly Polygon[];
  /** Mean probability, if known. */
  readonly score?: number;
}

/** A mask with a label, e.g. a `ProcessedSegment`. */
export interface LabeledMask extends MaskSize, Masked {
  readonly label: string;
  /** The mask's parts; each becomes a separate shape. */
  readonly instances?: readonly Instance[];
  /** The probability at which the mask was cut. */
  readonly threshold?: number;
}

export interface ShapeOptions extends SimplifyOptions {
  /** Scores of the mask: outlines then lie where they pass the threshold between two pixels. */
  readonly scores?: ScoreMap;
}

const moved = (ring: Ring, dx: number, dy: number): Ring =>
  ring.map((value, i) => value + (i % 2 === 0 ? dx : dy));

/** Returns the scores in a window. */
function windowOf(scores: ScoreMap, [x0, y0]: readonly [number, number], size: MaskSize): ScoreMap {
  const row = (y: number) => scores.row(y + y0).subarray(x0, x0 + size.width);
  return { ...size, scale: scores.scale, row };
}

/** Traces the outlines of an instance, within its box. */
function instancePolygons(
  { box, runs }: Instance,
  { width, height }: MaskSize,
  options: { readonly scores?: ScoreMap; readonly threshold?: number },
): Polygon[] {
  // One more pixel on each side, so that the edge of the box is not the edge of the image.
  const [x0, y0] = [Math.max(0, box[0] - 1), Math.max(0, box[1] - 1)];
  const size = {
    width: Math.min(width, box[2] + 1) - x0,
    height: Math.min(height, box[3] + 1) - y0,
  };
  const own = runs.map((value, i) => value - (i % 3 === 0 ? y0 : x0));
  const mask = instanceMask({ runs: own } as Instance, size);
  const scores = options.scores && windowOf(options.scores, [x0, y0], size);
  return contours(mask, size, { ...options, scores }).map(({ outer, holes }) => ({
    outer: moved(outer, x0, y0),
    holes: holes.map((hole) => moved(hole, x0, y0)),
  }));
}

/**
 * Converts masks to named outlines: one shape per instance if there are instances, else one per
 * mask. Masks that are empty, or vanish when simplified, give no shape.
 * @throws ClipSegError `invalid-argument`
 */
export function shapesOf(masked: LabeledMask, options: ShapeOptions = {}): Shape[] {
  const own = checkOptions(options, 'shapesOf');
  return reading('The mask', () => outlinesOf(masked, own));
}

function outlinesOf(masked: LabeledMask, options: ShapeOptions): Shape[] {
  const { label, threshold, instances } = masked;
  const { scores, ...simplification } = options;
  const made: Shape[] = instances
    ? instances.map((instance) => ({
        label,
        score: instance.score,
        polygons: instancePolygons(instance, masked, { scores, threshold }),
      }))
    : [{ label, polygons: contours(maskOf(masked, masked), masked, { scores, threshold }) }];
  return made
    .map((shape) => ({ ...shape, polygons: simplify(shape.polygons, simplification) }))
    .filter(({ polygons }) => polygons.length > 0);
}

/**
 * Joins several rings into one, for formats without holes: lines lead from ring to ring and back
 * the same way, so that they enclose nothing under the even-odd rule. Each line leaves a ring near
 * the next one.
 */
export function joinRings([first, ...others]: readonly Ring[]): Ring {
  if (!first) return new Float64Array(0);
  let joined = [...first];
  for (const ring of others) {
    const [x, y] = [ring[0]!, ring[1]!];
    let [nearest, at] = [Number.POSITIVE_INFINITY, 0];
    for (let i = 0; i < joined.length; i += 2) {
      const distance = (joined[i]! - x) ** 2 + (joined[i + 1]! - y) ** 2;
      if (distance < nearest) [nearest, at] = [distance, i];
    }
    const back = [x, y, joined[at]!, joined[at + 1]!];
    joined = [...joined.slice(0, at + 2), ...ring, ...back, ...joined.slice(at + 2)];
  }
  return Float64Array.from(joined);
}

/** Lists all rings of polygons: each outer ring, then its holes. */
export const ringsOf = (polygons: readonly Polygon[]): Ring[] =>
  polygons.flatMap(({ outer, holes }) => [outer, ...holes]);

/** Whether a ring encloses an area after rounding to `digits`. */
function encloses(ring: Ring, digits: number): boolean {
  let double = 0;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [ax, ay] = [rounded(ring[j]!, digits), rounded(ring[j + 1]!, digits)];
    const [bx, by] = [rounded(ring[i]!, digits), rounded(ring[i + 1]!, digits)];
    double += ax * by - bx * ay;
  }
  // Fewer than three corners enclose no area either.
  return ring.length >= 6 && Math.abs(double) > 10 ** (-2 * digits);
}

/**
 * Removes rings that have no area when they are written, because readers refuse them. Polygons and
 * shapes without rings are removed too.
 * @throws ClipSegError `invalid-argument` unless they are shapes
 */
export function solidShapes(
  shapes: readonly Shape[],
  digits: number,
  checkLabel?: (label: string) => void,
): Shape[] {
  const fail = (what: string): never => {
    throw new ClipSegError('invalid-argument', what);
  };
  return reading('The shapes', () => {
    if (!Array.isArray(shapes)) return fail(`The shapes are ${showValue(shapes)}, not a list.`);
    return Array.from(shapes as readonly Shape[], (shape, i) => {
      const { label, polygons } = shape ?? {};
      if (typeof label !== 'string')
        fail(`The label of shape ${i} is ${showValue(label)}, not text.`);
      checkLabel?.(label);
      return { ...shape, polygons: solid(checkPolygons(polygons), digits) };
    }).filter(({ polygons }) => polygons.length > 0);
  });
}

const solid = (polygons: readonly Polygon[], digits: number): Polygon[] =>
  polygons
    .filter(({ outer }) => encloses(outer, digits))
    .map(({ outer, holes }) => ({ outer, holes: holes.filter((hole) => encloses(hole, digits)) }));

/** Rounds to `digits` after the decimal point, without trailing zeros. */
export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Converts a ring to points. */
export const pointsOf = (ring: Ring, digits: number): [x: number, y: number][] =>
  Array.from({ length: ring.length / 2 }, (_, i) => [
    rounded(ring[2 * i]!, digits),
    rounded(ring[2 * i + 1]!, digits),
  ]);
