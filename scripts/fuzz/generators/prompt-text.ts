import type { Random } from '../random.js';
import { hostileString } from './hostile.js';

const WORDS = [
  'cat',
  'a dog',
  'AND',
  'OR',
  'NOT',
  'MINUS',
  '(',
  ')',
  '"',
  '\\',
  ':',
  '^',
  '+',
  '-',
  '*',
  '0.5',
  ',',
  '>',
  '<',
  '=',
  '!',
  '|',
  '&',
  '~',
  '@',
  '[',
  ']',
  '{',
  '}',
  '“x”',
  "'",
  '2',
  '1e9',
  '%',
  'px',
  'grow',
  'weight',
  'SUM',
  'MEAN',
  ';',
  '/',
  '_',
];

/** Makes a text in the composition language, mostly of its words. */
export function promptText(random: Random, depth = 0): string {
  const kind = random.below(depth > 4 ? 2 : 8);
  const inner = () => promptText(random, depth + 1);
  if (kind === 0) return random.pick(['a cat', 'dog', '"red AND blue"', 'x']);
  if (kind === 1)
    return random.list(random.below(6), () => random.pick(WORDS)).join(random.pick(['', ' ']));
  if (kind === 2) return `(${inner()})`;
  if (kind === 3) return `NOT ${inner()}`;
  if (kind === 4) return `${inner()} ${random.pick(['AND', 'OR', 'MINUS', '+', '-'])} ${inner()}`;
  if (kind === 5)
    return `${inner()}${random.pick([':', '^', '*', '@', '>', ' + ', '~'])}${random.pick(['0.5', '-3', '1e999', 'px', '256', '0'])}`;
  if (kind === 6 && depth === 0)
    return random.pick(['(', 'NOT ', '"', 'a AND ']).repeat(random.pick([10, 300, 5000])) + inner();
  return inner() + (random.chance(0.2) ? hostileString(random) : random.pick(WORDS));
}
