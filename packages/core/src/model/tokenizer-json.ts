import { ClipSegError } from '../util/errors.js';
import { isRecord } from '../util/json.js';
import { showValue } from '../util/show-value.js';

// Limits for a tokenizer.json. Its regular expressions run on every prompt, and some take years for
// a short text, e.g. `(a+)+$`.

const MAX_DEPTH = 16;
const MAX_TOKENS = 1_000_000;
const MAX_ADDED = 1000;
const MAX_TOKEN_LENGTH = 1000;

export function invalidTokenizer(what: string, cause?: unknown): ClipSegError {
  return new ClipSegError('invalid-config', `Tokenizer files: ${what}.`, { cause });
}

/**
 * Whether a regular expression is fast on every text: it has no groups, and at most one repetition
 * per alternative, like those of CLIP.
 */
function isQuick(regex: string): boolean {
  if (regex.length > MAX_TOKEN_LENGTH) return false;
  const plain = regex
    .replace(/^\(\?i\)/, '')
    .replace(/\\[pP]\{[^}]*\}|\\./gs, 'a')
    .replace(/\[[^\]]*\]/g, 'a');
  if (/[()[\]]/.test(plain)) return false;
  return plain.split('|').every((one) => (one.match(/[*+?{]/g) ?? []).length <= 1);
}

/** Lists all patterns of a normalizer or a pre-tokenizer, which may be a sequence of others. */
function checkPatterns(value: unknown, name: string, depth = 0): void {
  if (depth > MAX_DEPTH) throw invalidTokenizer(`the ${name} is more than ${MAX_DEPTH} deep`);
  if (typeof value !== 'object' || value === null) return;
  const { Regex: regex } = value as { Regex?: unknown };
  if (regex !== undefined && !(typeof regex === 'string' && isQuick(regex))) {
    const why = "it is not of the kind that CLIP's tokenizers have, and may take for ever";
    throw invalidTokenizer(`the ${name} has the pattern ${showValue(regex)}; ${why}`);
  }
  for (const part of Object.values(value)) checkPatterns(part, name, depth + 1);
}

function checkAdded(tokens: unknown): void {
  if (tokens === undefined || tokens === null) return;
  if (!Array.isArray(tokens) || tokens.length > MAX_ADDED) {
    throw invalidTokenizer(`added_tokens is not a list of at most ${MAX_ADDED}`);
  }
  for (const token of tokens) {
    const { id, content } = isRecord(token) ? token : ({} as Record<string, unknown>);
    const whole = Number.isSafeInteger(id) && Number(id) >= 0 && typeof content === 'string';
    if (whole && content !== '' && (content as string).length <= MAX_TOKEN_LENGTH) continue;
    throw invalidTokenizer(`added_tokens has ${showValue(token)}, not an id and a content`);
  }
}

function checkModel(model: unknown): void {
  if (!isRecord(model)) throw invalidTokenizer('model is not an object');
  const { type = 'BPE', vocab, merges } = model;
  if (type !== 'BPE') throw invalidTokenizer(`the model is ${showValue(type)}, not BPE`);
  if (!isRecord(vocab)) throw invalidTokenizer('the vocabulary is not an object');
  const ids = Object.values(vocab);
  const wrong = ids.find((id) => !Number.isSafeInteger(id) || Number(id) < 0);
  if (wrong !== undefined) throw invalidTokenizer(`the vocabulary has the id ${showValue(wrong)}`);
  if (!Array.isArray(merges) || Math.max(ids.length, merges.length) > MAX_TOKENS) {
    throw invalidTokenizer(`merges and vocabulary have at most ${MAX_TOKENS} entries`);
  }
}

/**
 * @returns the parsed tokenizer.json; nothing in it makes encoding slow
 * @throws ClipSegError `invalid-config` saying what is wrong
 */
export function checkTokenizerJson(json: unknown): Record<string, unknown> {
  if (!isRecord(json)) throw invalidTokenizer('tokenizer.json is not an object');
  checkModel(json.model);
  checkAdded(json.added_tokens);
  checkPatterns(json.normalizer, 'normalizer');
  checkPatterns(json.pre_tokenizer, 'pre_tokenizer');
  checkPatterns(json.post_processor, 'post_processor');
  checkPatterns(json.decoder, 'decoder');
  return json;
}
