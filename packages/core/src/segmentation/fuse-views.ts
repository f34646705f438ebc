import type { Box } from '../contracts/image.js';
import type { View } from '../image/views/plan.js';
import { createUpsampler, upsampleBilinear } from '../maps/upsample.js';

// Tiles show small objects without their context; the whole image shows the context without small
// objects. So tiles are blended by windows that fade towards their edges (Hann), and the result is
// averaged with the logits of the whole image. A mean of logits is a product of odds: each can
// contradict the other.

type Size = readonly [height: number, width: number];

/** Weight of the whole image's logits; the tiles' get the rest (`npm run eval:masks`). */
const CONTEXT = 0.3;
/** Largest number of values of a fused map. */
const MAX_VALUES = 2 ** 22;

/** Computes a window along a side: above 0 everywhere, 1 in the center. */
const hann = (length: number): Float64Array =>
  Float64Array.from({ length }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / length) ** 2);

/** Computes the resolution at which tiles keep theirs, up to a limit. */
function fusedSize([x0, y0, x1, y1]: Box, views: readonly View[], [h, w]: Size): Size {
  const tile = views.find(({ box }) => box[2] - box[0] < x1 - x0 || box[3] - box[1] < y1 - y0);
  if (!tile) return [h, w];
  const [tx0, ty0, tx1, ty1] = tile.box;
  const [height, width] = [((y1 - y0) * h) / (ty1 - ty0), ((x1 - x0) * w) / (tx1 - tx0)];
  const scale = Math.min(1, Math.sqrt(MAX_VALUES / (height * width)));
  return [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))];
}

function mirror(map: Float32Array, width: number): Float32Array {
  return map.map((_, i) => map[i - (i % width) + width - 1 - (i % width)]!);
}

/** Weighted sums of maps, one per prompt. */
interface Sums {
  readonly maps: Float32Array[];
  readonly weights: Float32Array;
}

/** Adds a view's maps to the sums at the place of its box. */
function addTile(sums: Sums, maps: readonly Float32Array[], size: Size, place: Box, width: number) {
  const [x0, y0, x1, y1] = place;
  const [across, down] = [hann(x1 - x0), hann(y1 - y0)];
  const row = new Float32Array(x1 - x0);
  for (const [p, map] of maps.entries()) {
    const upsampler = createUpsampler(map, size, [y1 - y0, x1 - x0]);
    const into = sums.maps[p]!;
    for (let y = y0; y < y1; y++) {
      upsampler.row(y - y0, row);
      for (let x = x0, i = y * width + x0; x < x1; x++, i++) {
        const weight = down[y - y0]! * across[x - x0]!;
        into[i] = into[i]! + weight * row[x - x0]!;
        if (p === 0) sums.weights[i] = sums.weights[i]! + weight;
      }
    }
  }
}

export interface Fusion {
  /** Adds the maps of a view, one per prompt, float32 [h, w]. */
  add(view: View, maps: readonly Float32Array[]): void;
  /** Size of the result, [h, w]. */
  readonly size: Size;
  /** Returns a map per prompt, float32 of `size`. */
  maps(): Float32Array[];
}

/**
 * Fuses the logits of all views: mirrored views are flipped back and averaged, tiles are blended.
 * @param whole the maps of the first view, one per prompt, float32 of `size`
 */
export function createFusion(
  region: Box,
  views: readonly View[],
  whole: readonly Float32Array[],
  size: Size,
): Fusion {
  const fused = fusedSize(region, views, size);
  const [height, width] = fused;
  const isWhole = ({ box }: View) => String(box) === String(region);
  const sums: Sums = {
    maps: whole.map(() => new Float32Array(height * width)),
    weights: new Float32Array(height * width),
  };
  const contexts = whole.map((map) => map.slice());
  let looks = 1;
  /** Converts a box of source pixels to the fused map. */
  const placeOf = ([x0, y0, x1, y1]: Box): Box => {
    const [sx, sy] = [width / (region[2] - region[0]), height / (region[3] - region[1])];
    const [left, top] = [Math.round((x0 - region[0]) * sx), Math.round((y0 - region[1]) * sy)];
    const right = Math.max(left + 1, Math.round((x1 - region[0]) * sx));
    const bottom = Math.max(top + 1, Math.round((y1 - region[1]) * sy));
    return [left, top, Math.min(width, right), Math.min(height, bottom)];
  };
  return {
    size: fused,
    add(view, maps) {
      const own = view.mirrored ? maps.map((map) => mirror(map, size[1])) : maps;
      if (!isWhole(view)) {
        addTile(sums, own, size, placeOf(view.box), width);
        return;
      }
      looks++;
      for (const [p, context] of contexts.entries()) {
        const map = own[p]!;
        for (let i = 0; i < context.length; i++) context[i] = context[i]! + map[i]!;
      }
    },
    maps: () =>
      contexts.map((context, p) => {
        const result = upsampleBilinear(context, size, fused);
        const tiles = sums.maps[p]!;
        for (let i = 0; i < result.length; i++) {
          const own = result[i]! / looks;
          const weight = sums.weights[i]!;
          const share = weight > 0 ? CONTEXT : 1;
          result[i] = share * own + (1 - share) * (weight > 0 ? tiles[i]! / weight : 0);
        }
        return result;
      }),
  };
}
