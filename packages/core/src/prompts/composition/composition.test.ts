import { and, ClipSegError, mean, minus, not, or, parsePrompt, sum, term } from '@clipseg/core';
import type { CompositionPrompt } from '@clipseg/core/prompts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logit, sigmoid } from '../../maps/sigmoid.js';
import { asLogits, combine } from '../../segmentation/combine.js';
import { grow } from '../../segmentation/grow.js';
import { maskOf } from '../../segmentation/mask-of.js';
import { leavesOf, mapLeaves } from './tree.js';

const tree = (source: string) => (parsePrompt(source) as CompositionPrompt).compose;

describe('parsePrompt', () => {
  it.each([
    ['a cat', 'a cat'],
    ['  a   red-haired  dog ', 'a red-haired dog'],
    ['"AND" and "a:b"', 'AND and a:b'],
    ['"say \\"hi\\""', 'say "hi"'],
    ["woman's hat, left", "woman's hat, left"],
    ['(((cat)))', 'cat'],
    ['NOT NOT cat', 'cat'],
    ['android OR', undefined],
  ])('%j is %j', (source, expected) => {
    if (expected === undefined) expect(() => parsePrompt(source)).toThrow(ClipSegError);
    else expect(parsePrompt(source)).toBe(expected);
  });

  it.each([
    ['face AND NOT (hair OR hat){+5}', and('face', not(term(or('hair', 'hat'), { grow: 5 })))],
    ['pizza:0.7 + plate:0.3', sum(term('pizza', { weight: 0.7 }), term('plate', { weight: 0.3 }))],
    ['a OR b AND c', or('a', and('b', 'c'))],
    ['(a OR b) AND c', and(or('a', 'b'), 'c')],
    ['a MINUS b MINUS c', minus('a', 'b', 'c')],
    ['a + b OR c', or(sum('a', 'b'), 'c')],
    ['a@0.3{-2}', term('a', { threshold: 0.3, grow: -2 })],
    ['NOT a + b', sum(not('a'), 'b')],
    ['NOT (a){+1}', not(term('a', { grow: 1 }))],
  ])('%j', (source, expected) => {
    expect(tree(source)).toEqual(expected.compose);
    expect((parsePrompt(source) as CompositionPrompt).label).toBe(source);
  });

  it.each([
    ['face AND )', 10, 'a word is expected, not )'],
    ['(face', 6, 'a parenthesis is not closed'],
    ['face)', 5, '")" is not expected'],
    ['cat:big', 5, 'a weight above 0'],
    ['cat@1', 5, 'a threshold between'],
    ['cat{+x}', 6, 'whole pixels'],
    ['cat{+5', 7, 'a brace is not closed'],
    ['cat{+9999}', 6, 'whole pixels'],
    ['a "b', 3, 'the quote is not closed'],
    ['AND', 1, 'a word is expected, not AND'],
    ['cat OR OR dog', 8, 'a word is expected, not OR'],
  ])('%j is refused at %i', (source, at, message) => {
    const error = (() => {
      try {
        return parsePrompt(source);
      } catch (caught) {
        return caught as ClipSegError;
      }
    })() as ClipSegError;
    expect(error.code).toBe('invalid-prompt');
    const [first, shown, caret] = error.message.split('\n');
    expect(first).toContain(`at ${at}: ${message}`);
    expect(shown).toBe(`  ${source}`);
    expect(caret).toBe(`  ${' '.repeat(at - 1)}^`);
  });

  it('any text at all is read or refused, soon', () => {
    const piece = fc.constantFrom(
      ...'()[]{}@:+"\\ -.5aé\n'.split(''),
      ' AND ',
      ' OR ',
      'NOT ',
      'cat',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 40 }).map((p) => p.join('')),
    );
    const check = (source: string) => {
      try {
        parsePrompt(source);
      } catch (caught) {
        if (!ClipSegError.isInstance(caught)) throw caught;
      }
    };
    fc.assert(fc.property(texts, check), { numRuns: 10_000, seed: 5 });
    for (const [source, message] of [
      ['('.repeat(5000), /levels of parentheses/],
      ['NOT '.repeat(2400), /a word is expected/],
      ['x'.repeat(1_000_000), /1000000 characters/],
      ['"'.repeat(9999), /quote/],
      [`${'a OR '.repeat(1999)}a`, undefined],
    ] as const) {
      if (message) expect(() => parsePrompt(source)).toThrow(message);
      else expect(() => leavesOf(tree(source))).toThrow(/more than 256 terms/);
    }
  });
});

describe('combine', () => {
  const maps: Record<string, number[]> = { a: [0.9, 0.2, 0.6, 0.1], b: [0.3, 0.8, 0.6, 0.1] };
  const result = (prompt: CompositionPrompt) => {
    const tree = mapLeaves(
      prompt.compose,
      (leaf) => () => Float32Array.from(maps[leaf as string]!, logit),
    );
    return [...asLogits(combine(tree, [1, 4]))].map((value) => Number(sigmoid(value).toFixed(4)));
  };
  it.each([
    ['and', and('a', 'b'), [0.3, 0.2, 0.6, 0.1]],
    ['or', or('a', 'b'), [0.9, 0.8, 0.6, 0.1]],
    ['not', not('a'), [0.1, 0.8, 0.4, 0.9]],
    ['minus', minus('a', 'b'), [0.7, 0.2, 0.4, 0.1]],
    ['sum', sum('a', 'b'), [0.6, 0.5, 0.6, 0.1]],
    ['weights', sum(term('a', { weight: 3 }), 'b'), [0.75, 0.35, 0.6, 0.1]],
    // (ln 9 + ln(3/7)) / 2 = 0.675, whose sigmoid is 0.6626
    ['mean', mean('a', 'b'), [0.6626, 0.5, 0.6, 0.1]],
    ['threshold', term('a', { threshold: 0.6 }), [0.8571, 0.1429, 0.5, 0.069]],
    ['grow', term('a', { grow: 1 }), [0.9, 0.9, 0.6, 0.6]],
    ['shrink', term('a', { grow: -1 }), [0.2, 0.2, 0.1, 0.1]],
  ])('%s', (_, prompt, expected) => expect(result(prompt)).toEqual(expected));

  it('masks are cut as its maps would be', () => {
    const size = [4, 5] as const;
    const leaf = fc.record({ op: fc.constant('prompt'), prompt: fc.nat(3) });
    const options = {
      weight: fc.constantFrom(undefined, 2),
      threshold: fc.constantFrom(undefined, 0.3),
      grow: fc.constantFrom(undefined, 1, -1),
    };
    const { node } = fc.letrec((tie) => ({
      node: fc.oneof({ maxDepth: 3 }, leaf, tie('inner')),
      inner: fc
        .tuple(
          fc.constantFrom('and', 'or', 'not', 'sum', 'mean'),
          fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
          fc.record(options),
        )
        .map(([op, terms, own]) => ({
          op,
          terms: op === 'not' ? terms.slice(0, 1) : terms,
          ...own,
        })),
    }));
    const levels = fc.constantFrom(-1 / 0, -1.25, 0, 0.4, 2, 1 / 0);
    const check = (tree: never, limit: number, seed: number) => {
      // Some values lie right at a limit.
      const mapOf = (k: number) =>
        Float32Array.from(
          { length: 20 },
          (_, i) => [-1.25, 0, 2, 3 * Math.sin(seed + k + i)][i % 4]!,
        );
      const logits = mapLeaves<number, Float32Array>(tree, mapOf);
      const values = asLogits(
        combine(
          mapLeaves(logits, (map) => () => map.slice()),
          size,
        ),
      );
      const expected = Uint8Array.from(values, (value) => (value > limit ? 1 : 0));
      const mask = maskOf(logits, size, size, limit);
      const near = values.map((value) => Math.abs(value - limit));
      for (const [i, inside] of mask.entries())
        if (!(near[i]! < 1e-5)) expect(inside).toBe(expected[i]);
    };
    fc.assert(fc.property(node as never, levels, fc.nat(99), check), { numRuns: 500, seed: 7 });
    const exact = mapLeaves<string, Float32Array>(not('a').compose as never, () =>
      Float32Array.of(0, -1, 1),
    );
    expect([...maskOf(exact, [1, 3], [1, 3], 0)]).toEqual([0, 1, 0]); // -0 does not exceed 0
    expect([...maskOf(exact, [1, 3], [1, 3], -1)]).toEqual([1, 1, 0]);
  });

  it('grows by a disc', () => {
    const map = new Float32Array(11 * 11);
    map[5 * 11 + 5] = 1;
    const grown = grow(map, [11, 11], 3);
    for (let y = 0; y < 11; y++) {
      for (let x = 0; x < 11; x++) {
        expect(grown[y * 11 + x]).toBe((x - 5) ** 2 + (y - 5) ** 2 <= 9 ? 1 : 0);
      }
    }
    expect(grow(grown, [11, 11], -3)).toEqual(map);
  });

  it('grows and shrinks as looking at every pixel of the disc does', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
    const radius = fc.integer({ min: -12, max: 12 });
    const check = ([height, width]: [number, number], r: number, seed: number) => {
      const map = Float32Array.from({ length: height * width }, (_, i) => Math.sin(seed + 7 * i));
      const pick = r > 0 ? Math.max : Math.min;
      const expected = map.map((_, i) => {
        const inDisc = map.filter((__, j) => {
          const [dx, dy] = [
            (i % width) - (j % width),
            Math.floor(i / width) - Math.floor(j / width),
          ];
          return dx * dx + dy * dy <= r * r;
        });
        return pick(...inDisc);
      });
      expect(grow(map, [height, width], r)).toEqual(expected);
    };
    fc.assert(fc.property(sizes, radius, fc.nat(99), check), { seed: 6 });
  });

  it.each([
    [{ op: 'xor', terms: [] }, /"xor"/],
    [{ op: 'and', terms: [] }, /an and without terms/],
    [{ op: 'not', terms: [1, 2] }, /a not of other than one term/],
    [{ op: 'and', terms: [null] }, /no object/],
    [{ op: 'prompt', prompt: 'a', grow: 1e9 }, /grows by/],
    [{ op: 'prompt', prompt: 'a', threshold: 1 }, /threshold of 1/],
    [{ op: 'prompt', prompt: 'a', weight: -1 }, /weight of -1/],
  ])('%j is refused', (compose, message) => {
    expect(() => leavesOf(compose as never)).toThrow(message);
  });
});
