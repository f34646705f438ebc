import type { RawImage } from '../contracts/image.js';
import { contours } from '../maps/contours.js';
import { checkMask } from '../raster/mask.js';
import { simplify } from '../raster/simplify.js';
import {
  checkList,
  checkNumber,
  checkOneOf,
  checkOptions,
  checkRange,
  listed,
  reading,
} from '../util/check.js';
import { type Corner, corners, drawLegend, legendSize } from './legend.js';
import { type Masked, maskOf } from './mask-of.js';
import { colorOf } from './palette.js';
import { blend, type Color, checkColor, type RgbaImage, toRgba } from './picture.js';
import { toPng } from './png.js';
import { strokeCoverage } from './stroke.js';

/** A mask in an overlay, e.g. a `Segment` or a `ProcessedSegment`. */
export interface Layer extends Masked {
  /** Name in the legend; without it, the legend omits the layer. */
  readonly label?: string;
  /** uint8 [height, width]; strength of the tint, instead of the mask. */
  readonly alpha?: Uint8Array;
  /** Default: the palette's color at the layer's index. */
  readonly color?: Color;
}

export interface OverlayOptions {
  /** Opacity of the tint, 0..1. Default 0.45. */
  readonly opacity?: number;
  /** Width of the outline in pixels; 0 for none. Default: 1/350 of the longer side, at least 1. */
  readonly outline?: number;
  /** Darkens pixels that no layer covers, 0..1. Default 0. */
  readonly dim?: number;
  /**
   * The corner of the legend; `auto` (default) takes the corner where it hides least; `false` for
   * none.
   */
  readonly legend?: Corner | 'auto' | false;
}

/** A layer with its defaults. */
interface Colored {
  readonly label?: string;
  readonly mask: Uint8Array;
  readonly alpha?: Uint8Array;
  readonly color: Color;
}

function colored(layer: Layer, i: number, image: RawImage): Colored {
  const { label, alpha, color = colorOf(i) } = layer;
  const name = label === undefined ? `layer ${i}` : listed([label]);
  const mask = maskOf(layer, image, `mask of ${name}`);
  if (alpha) checkMask(alpha, image, `alpha of ${name}`);
  return { label, mask, alpha, color: checkColor(color) };
}

function checkOverlay({ width, height }: RawImage, given: OverlayOptions) {
  const options = checkOptions(given, 'overlay');
  const { opacity = 0.45, dim = 0, legend = 'auto' } = options;
  const { outline = Math.max(1, Math.round(Math.max(width, height) / 350)) } = options;
  checkRange(opacity, 'opacity');
  checkRange(dim, 'dim');
  checkNumber(outline, 'outline');
  if (legend !== false) checkOneOf(legend, 'legend', ['auto', ...corners]);
  return { opacity, dim, legend, outline };
}

function tint(result: RgbaImage, layer: Colored, opacity: number): void {
  for (let i = 0; i < layer.mask.length; i++) {
    const share = shareOf(layer, i);
    if (share > 0) blend(result, i, layer.color, opacity * share);
  }
}

/** Smooths outlines, so that they do not show the steps of pixels. */
const SMOOTH = 0.7;

function drawOutline(result: RgbaImage, mask: Uint8Array, color: Color, width: number): void {
  const polygons = simplify(contours(mask, result), { tolerance: SMOOTH });
  const coverage = strokeCoverage(polygons, result, width);
  for (let i = 0; i < coverage.length; i++) {
    if (coverage[i]) blend(result, i, color, coverage[i]! / 255);
  }
}

/** Returns how much of a pixel a layer covers, 0..1. */
const shareOf = ({ mask, alpha }: Colored, i: number): number =>
  alpha ? alpha[i]! / 255 : mask[i] ? 1 : 0;

function darken(result: RgbaImage, layers: readonly Colored[], dim: number): void {
  for (let i = 0; i < result.width * result.height; i++) {
    let covered = 0;
    for (const layer of layers) covered = Math.max(covered, shareOf(layer, i));
    if (covered < 1) blend(result, i, [0, 0, 0], dim * (1 - covered));
  }
}

/** Finds the corner where a legend hides least of the masks. */
function freeCorner(
  { width, height }: RawImage,
  layers: readonly Colored[],
  [panelWidth, panelHeight]: readonly [number, number],
): Corner {
  const hidden = corners.map((corner) => {
    const x0 = corner.endsWith('left') ? 0 : Math.max(0, Math.floor(width - panelWidth));
    const y0 = corner.startsWith('top') ? 0 : Math.max(0, Math.floor(height - panelHeight));
    let count = 0;
    for (let y = y0; y < Math.min(height, y0 + panelHeight); y++) {
      for (let x = x0; x < Math.min(width, x0 + panelWidth); x++) {
        if (layers.some(({ mask }) => mask[y * width + x])) count++;
      }
    }
    return count;
  });
  return corners[hidden.indexOf(Math.min(...hidden))]!;
}

/**
 * Draws the image with each mask tinted and outlined in a different color, and a legend.
 * @throws ClipSegError `invalid-argument`, `invalid-image`
 */
export function overlay(
  image: RawImage,
  layers: readonly Layer[],
  options: OverlayOptions = {},
): RgbaImage {
  const result = toRgba(image);
  const { opacity, dim, legend, outline } = checkOverlay(image, options);
  const own = checkList(layers, 'layers').map((layer, i) =>
    reading(`Layer ${i}`, () => colored(layer as Layer, i, image)),
  );
  if (dim > 0) darken(result, own, dim);
  for (const layer of own) tint(result, layer, opacity);
  if (outline > 0) for (const { mask, color } of own) drawOutline(result, mask, color, outline);
  if (legend) {
    const entries = own.flatMap(({ label, color }) =>
      label === undefined ? [] : [{ label, color }],
    );
    const size = legendSize(result, entries);
    const corner = legend === 'auto' ? freeCorner(image, own, size) : legend;
    drawLegend(result, entries, corner);
  }
  return result;
}

/**
 * Writes the overlay as a PNG.
 * @throws ClipSegError `invalid-argument`, `invalid-image`
 */
export const toOverlayPng = (
  image: RawImage,
  layers: readonly Layer[],
  options: OverlayOptions = {},
): Uint8Array => toPng(overlay(image, layers, options));
