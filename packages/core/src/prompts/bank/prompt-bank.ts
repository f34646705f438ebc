import type { Composition } from '../../contracts/composition.js';
import type { EncodedEmbedding, EncodedPrompt } from '../../contracts/encoded.js';
import { checkList, checkOptions, checkText, listed, reading } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { isRecord, parseJson } from '../../util/json.js';
import { showValue } from '../../util/show-value.js';
import { isComposition } from '../composition/builders.js';
import { leavesOf, mapLeaves } from '../composition/tree.js';
import { readEmbeddings, writeEmbeddings } from './embeddings-file.js';

/** Encoded prompts with their labels, which an app can ship instead of a text encoder. */
export interface PromptBank {
  /** `model.id` of the ClipSeg that encoded them: other checkpoints cannot use them. */
  readonly model: string;
  readonly prompts: readonly EncodedPrompt[];
}

/** The form of a prompt in the file's metadata; leaves are rows of `embeddings`. */
interface Entry {
  readonly label: string;
  readonly compose: Composition<{ readonly label: string; readonly row: number }>;
}

const FORMAT = 'clipseg-prompts-1';

const treeOf = (prompt: EncodedPrompt): Composition<EncodedEmbedding> =>
  isComposition(prompt)
    ? (prompt.compose as Composition<EncodedEmbedding>)
    : { op: 'prompt', prompt: prompt as EncodedEmbedding };

/**
 * Writes a bank as a safetensors file: `embeddings` float32 [count, projectionDim], and in the
 * metadata `format`, `model`, `labels` (a label per row, JSON) and `prompts` (how to combine rows,
 * JSON).
 * @throws ClipSegError `invalid-argument`, `invalid-prompt` if two prompts have the same label
 */
export function writePromptBank(promptBank: PromptBank): Uint8Array {
  return reading('The prompt bank', () => {
    const { model, prompts } = checkOptions(promptBank, 'writePromptBank');
    checkText(model, 'model');
    return write(model, checkList(prompts, 'The prompts of a bank') as EncodedPrompt[]);
  });
}

function checkRows(rows: readonly EncodedEmbedding[]): void {
  const width = rows[0]?.embedding?.length;
  for (const { label, embedding } of rows) {
    checkText(label, 'The label of a prompt');
    if (embedding instanceof Float32Array && embedding.length === width) continue;
    const message = `The embedding of ${listed([label])} is not a Float32Array of ${showValue(width)}.`;
    throw new ClipSegError('invalid-prompt', message);
  }
}

function write(model: string, prompts: readonly EncodedPrompt[]): Uint8Array {
  for (const { label } of prompts) checkText(label, 'The label of a prompt');
  const twice = prompts.find(({ label }, i) => prompts.findIndex((p) => p.label === label) < i);
  if (twice) {
    const message = `The bank has ${showValue(twice.label)} twice; labels are its keys.`;
    throw new ClipSegError('invalid-prompt', message);
  }
  const rows = prompts.flatMap((prompt) => leavesOf(treeOf(prompt)));
  checkRows(rows);
  let row = 0;
  const entries: Entry[] = prompts.map((prompt) => ({
    label: prompt.label,
    compose: mapLeaves(treeOf(prompt), ({ label }) => ({ label, row: row++ })),
  }));
  return writeEmbeddings(
    rows.map(({ embedding }) => embedding),
    {
      format: FORMAT,
      model,
      labels: JSON.stringify(rows.map(({ label }) => label)),
      prompts: JSON.stringify(entries),
    },
  );
}

const fail = (what: string): never => {
  throw new ClipSegError('invalid-prompt', `The prompt bank ${what}; write it again.`);
};

function parseEntries(json: string | undefined): Entry[] {
  const entries = parseJson(json ?? '', "The prompt bank's list of prompts", 'invalid-prompt');
  const whole = (e: unknown) => isRecord(e) && typeof e.label === 'string';
  return Array.isArray(entries) && entries.every(whole)
    ? (entries as Entry[])
    : fail('has prompts without labels');
}

/** Returns the weights that an id names; embeddings of all their variants (dtypes) fit. */
const weightsOf = (id: string): string => id.split('/')[0]!;

/**
 * Reads a file of `writePromptBank`.
 * @param options `model`: that of the ClipSeg that will use it
 * @throws ClipSegError `invalid-prompt` if the file is damaged or of another checkpoint
 */
export function readPromptBank(
  file: Uint8Array,
  options: { model?: { readonly id: string } } = {},
): PromptBank {
  const { model } = checkOptions(options, 'readPromptBank');
  const known = reading('model', () => model === undefined || typeof model?.id === 'string');
  if (!known) {
    const message = `model is ${showValue(model)}, not the model of a ClipSeg.`;
    throw new ClipSegError('invalid-argument', message);
  }
  const { rows, metadata } = readEmbeddings(file);
  if (metadata.format !== FORMAT) fail(`is of format ${showValue(metadata.format)}, not ${FORMAT}`);
  const made = metadata.model ?? '';
  if (model && weightsOf(model.id) !== weightsOf(made)) {
    fail(`was made with the model ${listed([made])}, not with ${listed([model.id])}`);
  }
  const prompts = parseEntries(metadata.prompts).map(({ label, compose }): EncodedPrompt => {
    const tree = mapLeaves(compose, (leaf): EncodedEmbedding => {
      const { row, label: own = label } = isRecord(leaf) ? leaf : ({} as Partial<typeof leaf>);
      const embedding = typeof row === 'number' ? rows[row] : undefined;
      if (embedding && typeof own === 'string') return { label: own, embedding };
      return fail(`has no row for ${showValue(label)}`);
    });
    const plain = tree.op === 'prompt' && Object.keys(tree).length === 2;
    return plain ? { label, embedding: tree.prompt.embedding } : { label, compose: tree };
  });
  return { model: made, prompts };
}
