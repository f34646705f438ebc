import { interpolateMagma, interpolateTurbo, interpolateViridis } from 'd3-scale-chromatic';
import type { Colour } from './picture.js';

/**
 * Colours for values from 0 to 1: even for the eye (viridis, magma), or with more contrast (turbo).
 */
export type ColourMap = 'viridis' | 'magma' | 'turbo';

const interpolators = {
  viridis: interpolateViridis,
  magma: interpolateMagma,
  turbo: interpolateTurbo,
};
export const colourMaps = Object.keys(interpolators) as ColourMap[];

/** `#rrggbb` or `rgb(r, g, b)`. */
function parse(text: string): Colour {
  const parts = text.startsWith('#')
    ? [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16))
    : [...text.matchAll(/\d+/g)].map(Number);
  return parts as unknown as Colour;
}

/** 256 colours. */
export const colourTable = (name: ColourMap): Colour[] =>
  Array.from({ length: 256 }, (_, i) => parse(interpolators[name](i / 255)));
