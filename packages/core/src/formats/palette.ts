import { checkCount } from '../util/check.js';
import type { Color } from './picture.js';

/**
 * Distinct colors that color-blind people can tell apart (after Okabe & Ito 2008), in an order with
 * high contrast; then further colors.
 */
export const palette: readonly Color[] = [
  [230, 90, 20],
  [0, 114, 178],
  [0, 158, 115],
  [204, 121, 167],
  [240, 205, 40],
  [86, 180, 233],
  [128, 62, 117],
  [166, 189, 80],
  [160, 82, 45],
  [0, 128, 128],
  [235, 130, 130],
  [110, 110, 230],
];

/**
 * Returns the color of a prompt by its index, from 0; after the last color, the palette repeats.
 * @throws ClipSegError `invalid-argument`
 */
export const colorOf = (index: number): Color =>
  palette[checkCount(index, 'The index of a color', 0) % palette.length]!;

export const hex = (color: Color): string =>
  `#${color.map((level) => Math.round(level).toString(16).padStart(2, '0')).join('')}`;
