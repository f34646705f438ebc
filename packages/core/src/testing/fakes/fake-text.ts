import { clipTokenizerJson, createTokenizer } from '../../model/tokenizer.js';

// The tokenizer of the fake model: CLIP's, with one token per byte of a text and no merges, so that
// the fake text encoder can read the text in its tokens.

export const START = 512;
export const END = 513;
export const VOCAB_SIZE = 514;
export const CONTEXT = 77;

/** The letters that byte-level BPE writes for bytes: unprintable bytes get letters from 256 on. */
function byteLetters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    return String.fromCharCode(printable ? byte : next++);
  });
}

/** The content of vocab.json: ids 0 to 255 for bytes, 256 to 511 for the last byte of a word. */
export function fakeVocab(): Record<string, number> {
  const vocab: Record<string, number> = { '<|startoftext|>': START, '<|endoftext|>': END };
  for (const [byte, letter] of byteLetters().entries()) {
    vocab[letter] = byte;
    vocab[`${letter}</w>`] = 256 + byte;
  }
  return vocab;
}

/** Returns the words that the tokens spell (start and end excluded), separated by spaces. */
export function textOfTokens(ids: readonly number[]): string {
  const bytes = ids.flatMap((id) => (id < 256 ? [id] : [id - 256, 32]));
  return new TextDecoder().decode(Uint8Array.from(bytes)).trim();
}

/**
 * Returns the text as the fake text encoder sees it: in lower case, with spaces between words,
 * digits and punctuation.
 * @throws ClipSegError `invalid-prompt` where the text is empty or has more than 77 tokens
 */
export function readText(text: string): string {
  const files = { tokenizerJson: clipTokenizerJson(fakeVocab(), '') };
  const limits = { maxPositionEmbeddings: CONTEXT, vocabSize: VOCAB_SIZE };
  return textOfTokens(createTokenizer(files, limits).encode(text).slice(1, -1));
}
