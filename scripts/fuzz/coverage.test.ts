import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { isParser, uncovered } from './coverage.js';
import { judgeError } from './judge.js';
import { Random } from './random.js';
import { targets } from './targets.js';

it('every parser of outside input has a target', async () => {
  expect(await uncovered(targets)).toEqual([]);
});

it('a parser without a target and a missing source file are reported', async () => {
  const without = targets.filter(({ covers }) => !covers.includes('core/src/formats/npy.ts'));
  expect(await uncovered(without)).toEqual([
    expect.stringContaining('core/src/formats/npy.ts parses'),
  ]);
  const gone = { ...targets[0]!, covers: ['core/src/none.ts'] };
  expect(await uncovered([...targets, gone])).toEqual([expect.stringContaining('no such file')]);
});

it.each([
  ['const a = JSON.parse(text);', true],
  ['export async function readThing(bytes: Uint8Array) {}', true],
  ['export const thingFromJson = (json: unknown) => json;', true],
  ['export function* fromCoco(json: unknown) {}', true],
  ['// JSON.parse(text)\nexport const ready = 1;', false],
  ['/** What JSON.parse( gave. */\nexport function openness() {}', false],
])('%s is a parser: %s', (source, parser) => {
  expect(isParser(source)).toBe(parser);
});

it('targets have unique names and reproducible inputs', () => {
  expect(new Set(targets.map(({ name }) => name)).size).toBe(targets.length);
  for (const { name, input } of targets) {
    const [first, again] = [0, 0].map(() => input(Random.of(7, name, 3)));
    expect(isDeepStrictEqual(again, first), name).toBe(true);
  }
});

it.each([
  [new TypeError('x'), 'untyped'],
  ['a text', 'untyped'],
  [Object.assign(new Error('a\x1bb'), { refuses: true }), 'untyped'],
  [Object.assign(new Error('a'.repeat(1000)), { refuses: true }), 'untyped'],
  [Object.assign(new Error('short'), { refuses: true }), 'refused'],
])('%s is %s', (error, kind) => {
  const refuses = (value: unknown) => value instanceof Error && 'refuses' in value;
  expect(judgeError(error, { refuses }).kind).toBe(kind);
});
