import { describe, expect, it } from 'vitest';
import { checkTokenizerJson } from './tokenizer-json.js';

const tokenizer = (more: object = {}) => ({
  model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [] },
  ...more,
});
const model = (more: object) => tokenizer({ model: { ...tokenizer().model, ...more } });
const added = (...tokens: unknown[]) => tokenizer({ added_tokens: tokens });
const pattern = (regex: unknown) => tokenizer({ normalizer: { pattern: { Regex: regex } } });
const nested = (depth: number): unknown => (depth === 0 ? {} : { inner: nested(depth - 1) });

const refused = (json: unknown, message: RegExp) => {
  const call = () => checkTokenizerJson(json);
  expect(call).toThrow(expect.objectContaining({ code: 'invalid-config' }));
  expect(call).toThrow(message);
};

describe('checkTokenizerJson', () => {
  it('returns the object', () => {
    const json = tokenizer({ added_tokens: null, normalizer: null, version: '1.0' });
    expect(checkTokenizerJson(json)).toBe(json);
  });

  it.each([undefined, null, 7, [], 'text'])('refuses %o', (json) => {
    refused(json, /tokenizer\.json is not an object/);
  });

  it.each([
    [tokenizer({ model: undefined }), /model is not an object/],
    [tokenizer({ model: [] }), /model is not an object/],
    [model({ type: 'WordPiece' }), /the model is "WordPiece", not BPE/],
    [model({ vocab: undefined }), /the vocabulary is not an object/],
    [model({ vocab: ['a'] }), /the vocabulary is not an object/],
    [model({ vocab: { a: 0, b: -1 } }), /the vocabulary has the id -1/],
    [model({ vocab: { a: 0, b: 0.5 } }), /the vocabulary has the id 0\.5/],
    [model({ vocab: { a: '1' } }), /the vocabulary has the id "1"/],
    [model({ merges: undefined }), /merges and vocabulary/],
    [model({ merges: {} }), /merges and vocabulary/],
    [model({ merges: new Array(1_000_001) }), /at most 1000000 entries/],
  ])('refuses a malformed model %#', (json, message) => refused(json, message));

  it('takes a model without a type, and the largest number of merges', () => {
    expect(checkTokenizerJson(model({ type: undefined }))).toBeDefined();
    expect(checkTokenizerJson(model({ merges: new Array(1_000_000) }))).toBeDefined();
  });

  it.each([
    [tokenizer({ added_tokens: {} }), /added_tokens is not a list of at most 1000/],
    [added(...new Array(1001).fill({ id: 0, content: 'a' })), /not a list of at most 1000/],
    [added(null), /added_tokens has null, not an id and a content/],
    [added({ content: 'a' }), /not an id and a content/],
    [added({ id: 1.5, content: 'a' }), /not an id and a content/],
    [added({ id: -1, content: 'a' }), /not an id and a content/],
    [added({ id: '1', content: 'a' }), /not an id and a content/],
    [added({ id: 1 }), /not an id and a content/],
    [added({ id: 1, content: '' }), /not an id and a content/],
    [added({ id: 1, content: ['a'] }), /not an id and a content/],
    [added({ id: 1, content: 'a'.repeat(1001) }), /not an id and a content/],
    [added({ id: 1, content: 'a' }, { id: 2, content: '' }), /not an id and a content/],
  ])('refuses malformed added tokens %#', (json, message) => refused(json, message));

  it('takes added tokens up to the limits', () => {
    const token = { id: 0, content: 'a'.repeat(1000) };
    expect(checkTokenizerJson(added(...new Array(1000).fill(token)))).toBeDefined();
  });

  it.each([
    '\\s+',
    "(?i)'s|'t|\\p{L}+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
    '\\P{Lu}+|a',
    '\\(\\)\\[',
    '[()]+',
    'a'.repeat(1000),
  ])('takes the pattern %s', (regex) => {
    expect(checkTokenizerJson(pattern(regex))).toBeDefined();
  });

  it.each([
    '(a+)+$',
    'a+b+',
    'a|b*c*',
    'a*b+|c',
    'a?b?',
    'a{2}b{3}',
    'b(?i)',
    '[a',
    'a'.repeat(1001),
    7,
    null,
    ['a'],
  ])('refuses the pattern %s', (regex) => {
    refused(pattern(regex), /the normalizer has the pattern .*may take for ever/);
  });

  it.each(['normalizer', 'pre_tokenizer', 'post_processor', 'decoder'])(
    'looks for patterns in every part of the %s',
    (name) => {
      const slow = { Regex: '(a+)+$' };
      const parts = [
        tokenizer({ [name]: { parts: [{ pattern: slow }] } }),
        tokenizer({ [name]: slow }),
      ];
      for (const json of parts) refused(json, new RegExp(`the ${name} has the pattern`));
      expect(checkTokenizerJson(tokenizer({ [name]: nested(16) }))).toBeDefined();
      refused(tokenizer({ [name]: nested(17) }), new RegExp(`the ${name} is more than 16 deep`));
    },
  );
});
