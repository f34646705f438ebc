import type { Ring } from '../raster/polygon.js';
import { EM, glyphs } from './font.js';
import { blend, type Color, type RgbaImage } from './picture.js';

// A legend must look the same in a browser and on a server, which has no canvas and perhaps no
// font. So the letters of Latin 1 are included as outlines, which are filled with smooth edges.

interface Glyph {
  /** Width in units of the font. */
  readonly advance: number;
  readonly outlines: readonly Ring[];
}

/** A frame, drawn for characters without a glyph. */
const missing: Glyph = {
  advance: 72,
  outlines: [
    Float64Array.of(8, 0, 8, -88, 64, -88, 64, 0),
    Float64Array.of(16, -8, 56, -8, 56, -80, 16, -80),
  ],
};

function parseGlyph(source: string): Glyph {
  let at = 0;
  const next = (): number => {
    const value = source.charCodeAt(at++) - 80;
    return value === 46 ? next() * 91 + next() : value; // a tilde
  };
  const advance = next();
  const outlines: Ring[] = [];
  while (at < source.length) {
    at++; // the space
    const points: number[] = [];
    let [x, y] = [0, 0];
    while (at < source.length && source[at] !== ' ') {
      x += next();
      y += next();
      points.push(x, y);
    }
    outlines.push(Float64Array.from(points));
  }
  return { advance, outlines };
}

const known = new Map<string, Glyph>();

function glyphOf(char: string): Glyph {
  const found = known.get(char);
  if (found) return found;
  // A letter with marks that the font lacks is drawn without them.
  const plain = char.normalize('NFKD').charAt(0);
  const source = glyphs[char] ?? (Object.hasOwn(glyphs, plain) ? glyphs[plain] : undefined);
  const glyph = source === undefined ? missing : parseGlyph(source);
  known.set(char, glyph);
  return glyph;
}

/** Returns the width in pixels, at a font size in pixels. */
export function textWidth(text: string, size: number): number {
  let units = 0;
  for (const char of text.normalize('NFC')) units += glyphOf(char).advance;
  return (units * size) / EM;
}

/** Cuts a text to a width, and ends it with an ellipsis if it was cut. */
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const chars = [...text];
  while (chars.length > 0 && textWidth(`${chars.join('')}...`, size) > width) chars.pop();
  return `${chars.join('').trimEnd()}...`;
}

/**
 * Adds the area under a line to the pixels that it passes. Summing along a row then adds it to all
 * pixels to their right.
 */
function addLine(
  sums: Float32Array,
  width: number,
  height: number,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
): void {
  if (y0 === y1) return;
  const direction = y0 < y1 ? 1 : -1;
  const [ax, ay, bx, by] = y0 < y1 ? [x0, y0, x1, y1] : [x1, y1, x0, y0];
  const slope = (bx - ax) / (by - ay);
  const first = Math.max(0, Math.floor(ay));
  for (let y = first; y < Math.min(height, Math.ceil(by)); y++) {
    const [top, bottom] = [Math.max(ay, y), Math.min(by, y + 1)];
    if (bottom <= top) continue;
    const [u, v] = [ax + (top - ay) * slope, ax + (bottom - ay) * slope];
    const [left, right] = u < v ? [u, v] : [v, u];
    spread(sums, y * width, width, [left, right, direction * (bottom - top)]);
  }
}

/** Adds the part of a line in one row, from `left` to `right`, with the height `rise`. */
function spread(
  sums: Float32Array,
  row: number,
  width: number,
  [left, right, rise]: readonly [number, number, number],
): void {
  const add = (column: number, value: number): void => {
    const at = row + Math.min(width - 1, Math.max(0, column));
    sums[at] = sums[at]! + value;
  };
  const [first, last] = [Math.floor(left), Math.floor(right)];
  // In the pixel that the line passes, the part to its right is covered.
  const share = right > left ? rise / (right - left) : 0;
  for (let column = first; column <= last; column++) {
    const [from, to] = [Math.max(left, column), Math.min(right, column + 1)];
    const part = first === last ? rise : share * (to - from);
    const middle = (from + to) / 2 - column;
    add(column, part * (1 - middle));
    add(column + 1, part * middle);
  }
}

/** Fills outlines with smooth edges; overlaps count once. */
function fillOutlines(image: RgbaImage, outlines: readonly Ring[], color: Color): void {
  const xs = outlines.flatMap((ring) => [...ring].filter((_, i) => i % 2 === 0));
  const ys = outlines.flatMap((ring) => [...ring].filter((_, i) => i % 2 === 1));
  if (xs.length === 0) return;
  const [x0, y0] = [Math.floor(Math.min(...xs)), Math.floor(Math.min(...ys))];
  const width = Math.ceil(Math.max(...xs)) - x0 + 2;
  const height = Math.ceil(Math.max(...ys)) - y0;
  const sums = new Float32Array(width * height);
  for (const ring of outlines) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const [ax, ay] = [ring[j]! - x0, ring[j + 1]! - y0];
      const [bx, by] = [ring[i]! - x0, ring[i + 1]! - y0];
      addLine(sums, width, height, [ax, ay, bx, by]);
    }
  }
  for (let y = Math.max(0, -y0); y < height && y + y0 < image.height; y++) {
    let covered = 0;
    for (let x = 0; x < width; x++) {
      covered += sums[y * width + x]!;
      const [u, v] = [x + x0, y + y0];
      if (u < 0 || u >= image.width || Math.abs(covered) < 1 / 512) continue;
      blend(image, v * image.width + u, color, Math.min(1, Math.abs(covered)));
    }
  }
}

/**
 * Writes a line of text.
 * @param at start of the base line, in pixels
 * @param size font size in pixels
 */
export function drawText(
  image: RgbaImage,
  text: string,
  [x, y]: readonly [number, number],
  size: number,
  color: Color,
): void {
  const scale = size / EM;
  let left = x;
  for (const char of text.normalize('NFC')) {
    const { advance, outlines } = glyphOf(char);
    const placed = outlines.map((ring) =>
      ring.map((value, i) => value * scale + (i % 2 === 0 ? left : y)),
    );
    fillOutlines(image, placed, color);
    left += advance * scale;
  }
}

/** Fills a rectangle with round corners, with smooth edges. */
export function fillPanel(
  image: RgbaImage,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  { radius, color, opacity }: { radius: number; color: Color; opacity: number },
): void {
  for (let y = Math.max(0, Math.floor(y0)); y < Math.min(image.height, Math.ceil(y1)); y++) {
    for (let x = Math.max(0, Math.floor(x0)); x < Math.min(image.width, Math.ceil(x1)); x++) {
      const [u, v] = [x + 0.5, y + 0.5];
      const dx = Math.max(x0 + radius - u, u - (x1 - radius), 0);
      const dy = Math.max(y0 + radius - v, v - (y1 - radius), 0);
      const covered = Math.min(1, Math.max(0, radius - Math.hypot(dx, dy) + 0.5));
      if (covered > 0) blend(image, y * image.width + x, color, covered * opacity);
    }
  }
}
