import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import type { TextConfig } from '../contracts/config.js';
import { checkCount, checkOptions } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { isRecord } from '../util/json.js';
import { showValue } from '../util/show-value.js';
import { checkTokenizerJson, invalidTokenizer as invalid } from './tokenizer-json.js';

/** Parsed files of a checkpoint: tokenizer.json, or vocab.json and merges.txt. */
export type TokenizerFiles =
  | { readonly tokenizerJson: unknown }
  | { readonly vocab: unknown; readonly merges: string };

/** CLIP's byte-level BPE over text in lower case. */
export interface Tokenizer {
  /**
   * Returns token ids, including start and end tokens. Never truncates.
   * @throws ClipSegError `invalid-prompt` if the text is empty or longer than the context
   */
  encode(text: string): number[];
  /**
   * Counts the tokens of `encode`, including start and end tokens; never throws for the length.
   */
  count(text: string): number;
}

const START = '<|startoftext|>';
const END = '<|endoftext|>';

const special = (id: number, content: string) => ({
  id,
  content,
  special: true,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: true,
});

/**
 * Makes the tokenizer.json that transformers' CLIPTokenizerFast makes of vocab.json and merges.txt.
 * @throws ClipSegError `invalid-config`
 */
export function clipTokenizerJson(vocab: unknown, merges: string): Record<string, unknown> {
  return readingFiles('they cannot be read', () => jsonOf(vocab, merges));
}

/** Converts any other error to a ClipSegError. */
function readingFiles<T>(failed: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (ClipSegError.isInstance(cause)) throw cause;
    throw invalid(failed, cause);
  }
}

function jsonOf(vocab: unknown, merges: string): Record<string, unknown> {
  if (typeof merges !== 'string') throw invalid('merges.txt is no text');
  if (!isRecord(vocab)) throw invalid('vocab.json is no object');
  const { [START]: start, [END]: end } = vocab;
  if (typeof start !== 'number' || typeof end !== 'number') {
    throw invalid(`vocab.json lacks ${START} or ${END}`);
  }
  const lines = merges.split('\n').map((line) => line.trimEnd());
  const pairs = lines.filter((line) => line !== '' && !line.startsWith('#version'));
  const broken = pairs.find((pair) => pair.split(' ').length !== 2);
  if (broken !== undefined) throw invalid(`merges.txt has the line ${showValue(broken)}`);
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [special(start, START), special(end, END)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        {
          type: 'Split',
          pattern: { Regex: "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" },
          behavior: 'Removed',
          invert: true,
        },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [END, end],
      cls: [START, start],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: END,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      byte_fallback: false,
      vocab,
      merges: pairs,
    },
  };
}

function includesLowercase(normalizer: unknown): boolean {
  if (!isRecord(normalizer)) return false;
  const { type, normalizers } = normalizer;
  return (
    type === 'Lowercase' ||
    (Array.isArray(normalizers) &&
      normalizers.some((one) => isRecord(one) && one.type === 'Lowercase'))
  );
}

// A prompt is a phrase. BPE is quadratic in the length of a word: a megabyte would hang.
const MAX_CHARACTERS = 10_000;

function opened(files: TokenizerFiles): { tokenizer: HuggingFaceTokenizer; lowers: boolean } {
  const json = checkTokenizerJson(
    'tokenizerJson' in files ? files.tokenizerJson : clipTokenizerJson(files.vocab, files.merges),
  );
  const tokenizer = new HuggingFaceTokenizer(json, { bos_token: START, eos_token: END });
  return { tokenizer, lowers: includesLowercase(json.normalizer) };
}

/** @throws ClipSegError `invalid-config` if the files are not those of a CLIP tokenizer */
export function createTokenizer(
  files: TokenizerFiles,
  limits: Pick<TextConfig, 'maxPositionEmbeddings' | 'vocabSize'>,
): Tokenizer {
  const { maxPositionEmbeddings, vocabSize } = checkOptions(limits, 'createTokenizer');
  checkCount(maxPositionEmbeddings, 'maxPositionEmbeddings');
  checkCount(vocabSize, 'vocabSize');
  const { tokenizer, lowers } = readingFiles('they cannot be read', () => opened(files));
  // Hugging Face's fast tokenizer lowers letters one by one; JavaScript writes the last sigma of a
  // word differently.
  const ids = (text: string): number[] => {
    if (typeof text !== 'string') {
      throw new ClipSegError('invalid-prompt', `A prompt is ${typeof text}, not text.`);
    }
    if (text.length > MAX_CHARACTERS) {
      throw new ClipSegError(
        'invalid-prompt',
        `The prompt has ${text.length} characters; a prompt is a short phrase.`,
      );
    }
    const own = lowers ? text.replaceAll('Σ', 'σ') : text;
    const encoded = readingFiles('they make nothing of a text', () => tokenizer.encode(own).ids);
    const foreign = encoded.findIndex((id) => !(Number.isInteger(id) && id >= 0 && id < vocabSize));
    if (foreign < 0) return encoded;
    throw invalid(`token ${showValue(encoded[foreign])} is not one below vocab_size ${vocabSize}`);
  };
  return {
    count: (text) => ids(text).length,
    encode(text) {
      const encoded = ids(text);
      if (text.trim() === '') {
        throw new ClipSegError('invalid-prompt', 'A prompt is empty; give a word or a phrase.');
      }
      if (encoded.length > maxPositionEmbeddings) {
        throw new ClipSegError(
          'invalid-prompt',
          `The prompt ${showValue(text, 40)} has ${encoded.length} tokens; ` +
            `the model takes ${maxPositionEmbeddings}. Shorten it.`,
        );
      }
      return encoded;
    },
  };
}
