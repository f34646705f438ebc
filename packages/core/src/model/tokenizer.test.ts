import { readFileSync } from 'node:fs';
import { clipTokenizerJson, createTokenizer } from '@clipseg/core/model';
import { describe, expect, it } from 'vitest';

const fixtures = new URL('../../../../fixtures/', import.meta.url);
const tiny = new URL('checkpoints/tiny-refined/', fixtures);
const small = () =>
  createTokenizer(
    {
      vocab: JSON.parse(readFileSync(new URL('vocab.json', tiny), 'utf8')),
      merges: readFileSync(new URL('merges.txt', tiny), 'utf8'),
    },
    { maxPositionEmbeddings: 77, vocabSize: 3000 },
  );

const vocab = { '<|startoftext|>': 0, '<|endoftext|>': 1, 'a</w>': 2 };
const json = clipTokenizerJson(vocab, '');

it.each([
  [
    'a token below 0',
    { ...json, model: { ...(json.model as object), vocab: { ...vocab, 'a</w>': -1 } } },
  ],
  [
    'a token between',
    { ...json, model: { ...(json.model as object), vocab: { ...vocab, 'a</w>': 1.5 } } },
  ],
  ['an end that is none', { ...json, post_processor: { type: 'RobertaProcessing' } }],
])('%s is refused when a text is read', (_, tokenizerJson) => {
  const limits = { maxPositionEmbeddings: 8, vocabSize: 3 };
  const encode = () => createTokenizer({ tokenizerJson }, limits).encode('a');
  expect(encode).toThrow(expect.objectContaining({ code: 'invalid-config' }));
});

describe('patterns of a tokenizer.json', () => {
  const split = (Regex: string) => ({
    ...json,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'Split', pattern: { Regex }, behavior: 'Removed', invert: true }],
    },
  });
  const limits = { maxPositionEmbeddings: 77, vocabSize: 3 };
  const read = (tokenizerJson: object) => createTokenizer({ tokenizerJson }, limits);

  it.each(['(a+)+$', '(?:a|a)*b', '(a|aa)+$', 'a+a+a+a+a+b', '(?=(a+))\\1b', 'a'.repeat(2000)])(
    '%s is refused: it may take for ever',
    (regex) => {
      const refused = expect.objectContaining({ code: 'invalid-config' });
      expect(() => read(split(regex)).encode('a'.repeat(40))).toThrow(refused);
    },
  );

  it("CLIP's own is taken", () => {
    const clip = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
    const ends = '<\\|startoftext\\|>|<\\|endoftext\\|>';
    expect(read(split(clip)).encode('a')).toEqual([0, 2, 1]);
    expect(read(split(`${ends}|${clip}`)).encode('a')).toEqual([0, 2, 1]);
  });

  it('added tokens are bounded', () => {
    const token = (id: number) => ({ id, content: `t${id}`, special: false });
    const added_tokens = Array.from({ length: 1001 }, (_, id) => token(id));
    const refused = expect.objectContaining({ code: 'invalid-config' });
    expect(() => read({ ...json, added_tokens })).toThrow(refused);
  });
});

describe('tokenizer', () => {
  it('frames a phrase with start and end, and ignores case', () => {
    const tokenizer = small();
    const ids = tokenizer.encode('A cat');
    expect(ids).toEqual(tokenizer.encode('a  CAT'));
    expect(ids.at(0)).toBe(2998);
    expect(ids.at(-1)).toBe(2999);
  });

  it.each([
    ['', 'empty'],
    ['  \n', 'empty'],
    [7 as never, 'number'],
  ])('refuses %j', (text, why) => {
    expect(() => small().encode(text)).toThrow(why);
  });

  it('refuses 78 tokens and takes 77', () => {
    const tokenizer = small();
    const one = tokenizer.count('a a') - tokenizer.count('a');
    expect(one).toBe(1);
    expect(tokenizer.encode(Array(75).fill('a').join(' '))).toHaveLength(77);
    expect(() => tokenizer.encode(Array(76).fill('a').join(' '))).toThrow(/78 tokens/);
  });

  it('refuses a megabyte without working on it', () => {
    expect(() => small().encode('a'.repeat(1_000_000))).toThrow(/characters/);
  });
});
