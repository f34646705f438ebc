import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ClipSegError } from '@clipseg/core';
import { checkLfsPointer } from '@clipseg/core/internal';
import { createTokenizer, type TextConfig, type TokenizerFiles } from '@clipseg/core/model';
import { cannotRead } from './file.js';
import type { TokenizerPaths } from './index.js';

// CLIP's vocabulary has 1 MB, its tokenizer.json 4 MB.
const MAX_BYTES = 64 * 2 ** 20;

/** The tokenizer of a checkpoint: its files and their parsed content. */
export interface CheckpointTokenizer {
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly content: TokenizerFiles;
}

async function readWhole(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) {
      const what = `${path} has ${size} bytes, more than ${MAX_BYTES}`;
      throw new ClipSegError('invalid-config', `${what}: it is not the tokenizer of a CLIP.`);
    }
    bytes = await readFile(path);
  } catch (cause) {
    throw ClipSegError.isInstance(cause) ? cause : cannotRead(path, cause);
  }
  checkLfsPointer(bytes, path, 'invalid-config');
  return bytes;
}

function parse(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new ClipSegError('invalid-config', `${path} is not JSON. Fetch it again.`, { cause });
  }
}

/**
 * Reads and checks the tokenizer of a checkpoint; undefined if it has none.
 * @throws ClipSegError `invalid-config` naming the file, `io`
 */
export async function readTokenizer(
  { vocab, merges, tokenizerJson }: TokenizerPaths,
  config: TextConfig,
): Promise<CheckpointTokenizer | undefined> {
  const paths = vocab && merges ? [vocab, merges] : tokenizerJson ? [tokenizerJson] : [];
  if (paths.length === 0) return undefined;
  const read = await Promise.all(paths.map(readWhole));
  const files = paths.map((path, i) => ({ name: basename(path), bytes: read[i]! }));
  const [first, second] = files as [(typeof files)[number], (typeof files)[number] | undefined];
  const json = parse(first.bytes, paths[0]!);
  const content: TokenizerFiles = second
    ? { vocab: json, merges: new TextDecoder().decode(second.bytes) }
    : { tokenizerJson: json };
  createTokenizer(content, config); // throws if it is invalid
  return { files, content };
}

/** Message for a checkpoint without a tokenizer: what is missing and where to get it. */
export function missingTokenizer(folder: string, { vocab, merges }: TokenizerPaths): string {
  const missing = [vocab ? '' : 'vocab.json', merges ? '' : 'merges.txt'].filter(Boolean);
  return (
    `${folder} has no ${missing.join(' and no ')} (nor tokenizer.json): the model will accept ` +
    'images and embeddings as prompts, but no texts. Copy the files from the repository that ' +
    'the checkpoint comes from (CIDAS/clipseg-rd64-refined has those of all released models) and ' +
    'convert again.'
  );
}
