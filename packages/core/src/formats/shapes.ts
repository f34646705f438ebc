import type { Instance, ScoreMap } from '../contracts/post-processor.js';
import { contours } from '../maps/contours.js';
import { instanceMask } from '../postprocess/instances.js';
import type { MaskSize } from '../raster/mask.js';
import { checkPolygons, type Polygon, type Ring } from '../raster/polygon.js';
import { type SimplifyOptions, simplify } from '../raster/simplify.js';
import { checkOptions, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';

/** A named area. */
export interface Shape {
  readonly label: string;
  /** Its connected parts. */
  readonly polygons: readonly Polygon[];
  /** Mean probability, where known. */
  readonly score?: number;
}

/** What shapes are made of. A `ProcessedSegment` is such. */
export interface LabeledMask extends MaskSize {
  readonly label: string;
  /** uint8 [height, width], inside where not 0. */
  readonly mask: Uint8Array;
  /** Where the mask was taken apart, each becomes a shape of its own. */
  readonly instances?: readonly Instance[];
  /** The probability at which the mask was cut. */
  readonly threshold?: number;
}

export interface ShapeOptions extends SimplifyOptions {
  /** Of the prompt: outlines then lie where these pass the threshold between two pixels. */
  readonly scores?: ScoreMap;
}

const moved = (ring: Ring, dx: number, dy: number): Ring =>
  ring.map((value, i) => value + (i % 2 === 0 ? dx : dy));

/** A view of scores through a window. */
function windowOf(scores: ScoreMap, [x0, y0]: readonly [number, number], size: MaskSize): ScoreMap {
  const row = (y: number) => scores.row(y + y0).subarray(x0, x0 + size.width);
  return { ...size, scale: scores.scale, row };
}

/** Outlines of one instance, looked for in its box alone. */
function instancePolygons(
  { box, runs }: Instance,
  { width, height }: MaskSize,
  options: { readonly scores?: ScoreMap; readonly threshold?: number },
): Polygon[] {
  // A pixel more on each side, so that the box's edge is not taken for the picture's.
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
 * Masks as named outlines: one shape per instance where there are some, else one per mask. Masks
 * that are empty, or vanish when simplified, give none.
 * @throws ClipSegError `invalid-argument`
 */
export function shapesOf(masked: LabeledMask, options: ShapeOptions = {}): Shape[] {
  const own = checkOptions(options, 'shapesOf');
  return reading('The mask', () => outlinesOf(masked, own));
}

function outlinesOf(masked: LabeledMask, options: ShapeOptions): Shape[] {
  const { label, mask, threshold, instances } = masked;
  const { scores, ...simplification } = options;
  const made: Shape[] = instances
    ? instances.map((instance) => ({
        label,
        score: instance.score,
        polygons: instancePolygons(instance, masked, { scores, threshold }),
      }))
    : [{ label, polygons: contours(mask, masked, { scores, threshold }) }];
  return made
    .map((shape) => ({ ...shape, polygons: simplify(shape.polygons, simplification) }))
    .filter(({ polygons }) => polygons.length > 0);
}

/**
 * Several rings as one, for formats that know no holes: from ring to ring and back the same way, so
 * that by the even-odd rule the way counts for nothing. Each is left where the next one is near.
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

/** All rings of polygons, an outer one and its holes after another. */
export const ringsOf = (polygons: readonly Polygon[]): Ring[] =>
  polygons.flatMap(({ outer, holes }) => [outer, ...holes]);

/** Whether a ring encloses anything once it is written with so many digits. */
function encloses(ring: Ring, digits: number): boolean {
  let double = 0;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [ax, ay] = [rounded(ring[j]!, digits), rounded(ring[j + 1]!, digits)];
    const [bx, by] = [rounded(ring[i]!, digits), rounded(ring[i + 1]!, digits)];
    double += ax * by - bx * ay;
  }
  // Fewer than three corners enclose nothing either.
  return ring.length >= 6 && Math.abs(double) > 10 ** (-2 * digits);
}

/**
 * What is left of shapes once they are written: rings without an area, which readers of a format
 * refuse, are left out, and with them polygons and shapes of nothing else.
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

/** To so many digits behind the point, without needless zeros. */
export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** A ring as points. */
export const pointsOf = (ring: Ring, digits: number): [x: number, y: number][] =>
  Array.from({ length: ring.length / 2 }, (_, i) => [
    rounded(ring[2 * i]!, digits),
    rounded(ring[2 * i + 1]!, digits),
  ]);
