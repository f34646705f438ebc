import { interpolateMagma, interpolateTurbo, interpolateViridis } from 'd3-scale-chromatic';
import { checkOneOf } from '../util/check.js';
import type { Color } from './picture.js';

/**
 * Colors for values from 0 to 1: perceptually uniform (viridis, magma), or with more contrast
 * (turbo).
 */
export type ColorMap = 'viridis' | 'magma' | 'turbo';

const interpolators = {
  viridis: interpolateViridis,
  magma: interpolateMagma,
  turbo: interpolateTurbo,
};
export const colorMaps = Object.keys(interpolators) as ColorMap[];

/** `#rrggbb` or `rgb(r, g, b)`. */
function parse(text: string): Color {
  const parts = text.startsWith('#')
    ? [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16))
    : [...text.matchAll(/\d+/g)].map(Number);
  return parts as unknown as Color;
}

/**
 * Returns 256 colors.
 * @throws ClipSegError `invalid-argument`
 */
export function colorTable(name: ColorMap): Color[] {
  const colorAt = interpolators[checkOneOf(name, 'The color map', colorMaps)];
  return Array.from({ length: 256 }, (_, i) => parse(colorAt(i / 255)));
}
