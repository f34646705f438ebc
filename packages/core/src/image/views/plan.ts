import type { EncodeImageOptions } from '../../contracts/clip-seg.js';
import type { Box } from '../../contracts/image.js';
import { valueIs } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { isRecord } from '../../util/json.js';
import { showValue } from '../../util/show-value.js';

/** One view of an image: a part of it, possibly mirrored. */
export interface View {
  /** Source pixels, the ends not included. */
  readonly box: Box;
  readonly mirrored: boolean;
}

interface Sides {
  readonly width: number;
  readonly height: number;
}

const fail = (what: string): never => {
  throw new ClipSegError('invalid-argument', `${what}.`);
};

/** Default overlap of neighboring tiles, as a share of their sides. */
const OVERLAP = 0.25;
/**
 * Automatic tiles: three along the longer side, unless the model would see them enlarged.
 */
const TILES = 3;
const LEAST_SCALE = 1.5;
/** Largest number of tiles: each takes the time of an image. */
const MAX_TILES = 1024;

/**
 * Checks the part of an image to encode.
 * @throws ClipSegError `invalid-argument`
 */
export function checkCrop(crop: unknown, { width, height }: Sides): Box {
  if (crop === undefined) return [0, 0, width, height];
  const whole = Array.isArray(crop) && crop.length === 4 && crop.every(Number.isInteger);
  const [x0, y0, x1, y1] = (whole ? crop : []) as unknown as Box;
  if (whole && x0 >= 0 && y0 >= 0 && x0 < x1 && y0 < y1 && x1 <= width && y1 <= height) {
    return [x0, y0, x1, y1];
  }
  const own = `${width} x ${height}`;
  return fail(`crop is ${showValue(crop)}, not [x0, y0, x1, y1] within ${own} pixels`);
}

/** Returns the starts of tiles that cover a side evenly. */
function starts(length: number, tile: number, overlap: number): number[] {
  if (tile >= length) return [0];
  const count = Math.ceil((length - tile) / Math.max(1, tile * (1 - overlap))) + 1;
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - tile)) / (count - 1)));
}

/**
 * Returns the side of a tile in source pixels and the overlap; undefined if no tiles are needed.
 */
function tileOptions(
  tiles: NonNullable<EncodeImageOptions['tiles']>,
  longest: number,
  seen: number,
): { side: number; overlap: number } | undefined {
  if (tiles === 'auto') {
    const side = Math.round(Math.max(LEAST_SCALE * seen, longest / TILES));
    return longest > 2 * seen ? { side, overlap: OVERLAP } : undefined;
  }
  if (!isRecord(tiles)) return fail(`tiles is ${showValue(tiles)}, not auto or { size, overlap }`);
  const { size: side = seen, overlap = OVERLAP } = tiles as { size?: number; overlap?: number };
  if (!(Number.isInteger(side) && side >= 1))
    fail(`tiles: size is ${valueIs(side)}, not whole pixels from 1`);
  if (!(overlap >= 0 && overlap <= 0.75)) {
    fail(`tiles: overlap is ${valueIs(overlap)}; it goes from 0 to 0.75`);
  }
  return { side, overlap };
}

/** Returns the tiles of a crop, from the top; none if a tile would cover the crop. */
function tilesOf(
  [x0, y0, x1, y1]: Box,
  tiles: EncodeImageOptions['tiles'],
  [h, w]: readonly [height: number, width: number],
): Box[] {
  const longest = Math.max(x1 - x0, y1 - y0);
  const options = tiles && tileOptions(tiles, longest, Math.max(h, w));
  if (!options) return [];
  const { side, overlap } = options;
  // A tile has the aspect ratio of the model resolution.
  const scale = side / Math.max(h, w);
  const width = Math.min(x1 - x0, Math.round(w * scale));
  const height = Math.min(y1 - y0, Math.round(h * scale));
  if (width === x1 - x0 && height === y1 - y0) return [];
  const [columns, rows] = [starts(x1 - x0, width, overlap), starts(y1 - y0, height, overlap)];
  const count = columns.length * rows.length;
  if (count > MAX_TILES) {
    fail(`tiles: ${count} tiles of ${width} x ${height} pixels; ${MAX_TILES} at most are taken`);
  }
  return rows.flatMap((y) =>
    columns.map((x): Box => [x0 + x, y0 + y, x0 + x + width, y0 + y + height]),
  );
}

/**
 * Plans all views besides the first, which is the whole crop, not mirrored.
 * @param size model resolution [height, width]
 * @throws ClipSegError `invalid-argument`
 */
export function planViews(
  crop: Box,
  { tiles, flips = false }: Pick<EncodeImageOptions, 'tiles' | 'flips'>,
  size: readonly [height: number, width: number],
): View[] {
  if (typeof flips !== 'boolean') fail(`flips is ${valueIs(flips)}, not true or false`);
  const boxes = tilesOf(crop, tiles, size);
  const mirrored = flips ? [crop, ...boxes].map((box) => ({ box, mirrored: true })) : [];
  return [...boxes.map((box) => ({ box, mirrored: false })), ...mirrored];
}
