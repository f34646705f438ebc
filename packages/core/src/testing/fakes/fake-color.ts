import { seededRandom } from '../../util/seeded-random.js';
import { readText } from './fake-text.js';

type Color = readonly [red: number, green: number, blue: number];

/** Color names of CSS and their values. */
const named: Readonly<Record<string, Color>> = {
  black: [0, 0, 0],
  white: [255, 255, 255],
  gray: [128, 128, 128],
  grey: [128, 128, 128],
  red: [255, 0, 0],
  green: [0, 128, 0],
  blue: [0, 0, 255],
  yellow: [255, 255, 0],
  cyan: [0, 255, 255],
  magenta: [255, 0, 255],
  orange: [255, 165, 0],
  purple: [128, 0, 128],
  pink: [255, 192, 203],
  brown: [165, 42, 42],
};

/** Returns the color of a text that the tokenizer has read. */
export function colorOfText(text: string): Color {
  const word = text.split(' ').find((one) => Object.hasOwn(named, one));
  if (word !== undefined) return named[word]!;
  let hash = 7;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  const random = seededRandom(hash);
  const channel = () => Math.floor(random() * 256);
  return [channel(), channel(), channel()];
}

/**
 * Returns the color that a text means to the fake model: the first color that it names in English
 * (`a red car` is red), else a color made from its letters, the same on every machine. Case does
 * not matter.
 * @returns channels 0..255
 * @throws ClipSegError `invalid-prompt` where the text is empty or has more than 77 tokens
 *   (letters, and one each for start and end)
 */
export function fakeColor(text: string): Color {
  return colorOfText(readText(text));
}
