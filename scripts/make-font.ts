// Makes packages/core/src/formats/font.ts from Roboto: node --import tsx scripts/make-font.ts
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

interface Command {
  readonly type: 'M' | 'L' | 'Q' | 'C' | 'Z';
  readonly x: number;
  readonly y: number;
  readonly x1: number;
  readonly y1: number;
}
interface Glyph {
  readonly advanceWidth: number;
  getPath(x: number, y: number, size: number): { readonly commands: readonly Command[] };
}
interface Font {
  readonly unitsPerEm: number;
  charToGlyph(char: string): Glyph;
}

const require = createRequire(import.meta.url);
const { parse } = require('opentype.js') as { parse(bytes: ArrayBuffer): Font };
const file = require.resolve('roboto-fontface/fonts/roboto/Roboto-Medium.woff');
const font = parse(new Uint8Array(await readFile(file)).buffer);

/** Units per em; the letters of a legend have fewer pixels. */
const EM = 128;
const STEPS = 4;
type Point = readonly [x: number, y: number];

/** Converts to closed outlines in whole units, with curves as lines. */
function outlines(commands: readonly Command[]): Point[][] {
  const rings: Point[][] = [];
  let [x, y] = [0, 0];
  for (const { type, ...to } of commands) {
    if (type === 'Z') continue;
    if (type === 'C') throw new Error('A TrueType font has no cubic curves.');
    const ring = rings.at(-1)!;
    if (type === 'M') rings.push([[to.x, to.y]]);
    if (type === 'L') ring.push([to.x, to.y]);
    for (let i = 1; type === 'Q' && i <= STEPS; i++) {
      const t = i / STEPS;
      const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t * t];
      ring.push([a * x + b * to.x1 + c * to.x, a * y + b * to.y1 + c * to.y]);
    }
    [x, y] = [to.x, to.y];
  }
  return rings.map((ring) => {
    const whole = ring.map(([px, py]): Point => [Math.round(px), Math.round(py)]);
    return whole.filter(([px, py], i) => {
      const [qx, qy] = whole.at(i - 1)!;
      return px !== qx || py !== qy;
    });
  });
}

/** Encodes -45 to 45 as one character, `#` to `}`; larger numbers as `~` and two of these. */
function digit(value: number): string {
  if (Math.abs(value) <= 45) return String.fromCharCode(80 + value);
  const high = Math.round(value / 91);
  return `~${digit(high)}${digit(value - high * 91)}`;
}

const printable = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCharCode(from + i));
const glyphs = [...printable(0x20, 0x7e), ...printable(0xa1, 0xff), '\u2013', '\u2019'].map(
  (char) => {
    const glyph = font.charToGlyph(char);
    const advance = Math.round((glyph.advanceWidth * EM) / font.unitsPerEm);
    let text = digit(advance);
    for (const ring of outlines(glyph.getPath(0, 0, EM).commands)) {
      let [x, y] = [0, 0];
      text += ' ';
      for (const [px, py] of ring) {
        text += digit(px - x) + digit(py - y);
        [x, y] = [px, py];
      }
    }
    return [char, text] as const;
  },
);

const source = `// Made by scripts/make-font.ts from Roboto Medium (Google, Apache-2.0): glyphs as outlines.

/** Units an em. */
export const EM = ${EM};

/**
 * By character: its advance, then outlines behind a space each, as differences from corner to
 * corner, x and y in turns, y downwards from the base line. A number is a character, 80 being 0;
 * one beyond 45 is a tilde and two of them, 91 times the first and the second.
 */
export const glyphs: Readonly<Record<string, string>> = JSON.parse(
  ${JSON.stringify(JSON.stringify(Object.fromEntries(glyphs)))},
);
`;
await writeFile(new URL('../packages/core/src/formats/font.ts', import.meta.url), source);
console.log(`${glyphs.length} glyphs, ${source.length} characters`);
