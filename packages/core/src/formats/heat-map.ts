import type { RawImage } from '../contracts/image.js';
import type { ScoreMap } from '../contracts/post-processor.js';
import { checkRawImage } from '../image/raw-image.js';
import { checkScores, quickProbability, rowOf } from '../maps/scores.js';
import { checkOneOf, checkOptions, checkRange, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { type ColorMap, colorMaps, colorTable } from './color-maps.js';
import { type Corner, corners, drawPanel, legendSizes, MARGIN, placePanel } from './legend.js';
import { blend, type Color, checkSameSize, emptyImage, type RgbaImage, toRgba } from './picture.js';
import { drawText, textWidth } from './text.js';

export interface HeatMapOptions {
  /** Default `viridis`. */
  readonly map?: ColorMap;
  /** The image below the colors. Default: none. */
  readonly image?: RawImage;
  /** Opacity of the colors over an image, 0..1; they fade towards `min`. Default 0.75. */
  readonly opacity?: number;
  /** Probabilities of the first and the last color, 0..1. Default 0 and 1. */
  readonly min?: number;
  readonly max?: number;
  /** The corner of the color scale; `false` for none. Default `bottom-right`. */
  readonly legend?: Corner | false;
}

/** Share of the opacity at the lowest value: just enough to be visible. */
const FAINT = 0.3;

function checkHeatMap(given: HeatMapOptions) {
  const options = checkOptions(given, 'heatMap');
  const { map = 'viridis', opacity = 0.75, min = 0, max = 1, legend = 'bottom-right' } = options;
  checkOneOf(map, 'map', colorMaps);
  checkRange(opacity, 'opacity');
  checkRange(min, 'min');
  checkRange(max, 'max');
  if (min >= max) throw new ClipSegError('invalid-argument', `min is ${min}, not below ${max}.`);
  if (legend !== false) checkOneOf(legend, 'legend', corners);
  return { map, opacity, min, max, legend, image: options.image };
}

/** Draws the color scale, with the probabilities at its ends. */
function drawScale(
  image: RgbaImage,
  colors: readonly Color[],
  [min, max]: readonly [number, number],
  corner: Corner,
): void {
  const { font, padding } = legendSizes(image);
  const [length, thickness] = [font * 8, font * 0.8];
  const size = [length + 2 * padding, thickness + font * 1.3 + 2 * padding] as const;
  if (size[0] + font * 1.6 > image.width || size[1] + font * 1.6 > image.height) return;
  const [x, y] = placePanel(image, corner, size, font * MARGIN).map(Math.round) as [number, number];
  drawPanel(image, [x, y], size, font * 0.45);
  const [left, top] = [Math.round(x + padding), Math.round(y + padding)];
  for (let v = 0; v < thickness; v++) {
    for (let u = 0; u < length; u++) {
      const color = colors[Math.floor((u / length) * colors.length)]!;
      blend(image, (top + v) * image.width + left + u, color, 1);
    }
  }
  const base = top + thickness + font * 1.15;
  const white: Color = [255, 255, 255];
  const right = String(max);
  drawText(image, String(min), [left, base], font, white);
  drawText(image, right, [left + length - textWidth(right, font), base], font, white);
}

/**
 * Draws probabilities as colors, over an image or alone.
 * @throws ClipSegError `invalid-argument`, `invalid-image`
 */
export function heatMap(scores: ScoreMap, options: HeatMapOptions = {}): RgbaImage {
  const { map, opacity, min, max, legend, image } = checkHeatMap(options);
  const { width, height, scale } = checkScores(scores);
  if (image) {
    reading('The picture', () => checkSameSize(checkRawImage(image), scores, 'heat map'));
  }
  const result = image ? toRgba(image) : emptyImage(scores);
  const colors = colorTable(map);
  for (let y = 0, i = 0; y < height; y++) {
    const row = rowOf(scores, y);
    for (let x = 0; x < width; x++, i++) {
      const value = (quickProbability(row[x]!, scale) - min) / (max - min);
      const level = Math.min(1, Math.max(0, value));
      const share = image ? opacity * Math.min(1, FAINT + 2 * level) : 1;
      blend(result, i, colors[Math.round(level * 255)]!, share);
    }
  }
  if (legend) drawScale(result, colors, [min, max], legend);
  return result;
}
