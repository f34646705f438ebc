import type { Session } from '../contracts/backend.js';
import { rowsOf, type Signature, sideOf } from './tensors.js';

export const textEncoder: Signature = {
  inputs: ['input_ids', 'eos_rows'],
  outputs: ['text_embedding'],
  outputDims: (feeds, { projectionDim }) => ({
    text_embedding: [sideOf(feeds, 'input_ids', 0), projectionDim],
  }),
};

/** The tokens of a text. */
export interface TextInput {
  readonly ids: readonly number[];
  /** Position of the end-of-text token, whose embedding is the text's. */
  readonly eos: number;
}

export interface TextEncoderOptions {
  /** Token that pads shorter texts. Attention is causal, so any token works. Default 0. */
  readonly padTokenId?: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs the text encoder on texts, all at once.
 * @returns one embedding per text, float32 [projectionDim] each
 */
export async function runTextEncoder(
  session: Session,
  texts: readonly TextInput[],
  { padTokenId = 0, signal }: TextEncoderOptions = {},
): Promise<Float32Array[]> {
  const length = Math.max(...texts.map(({ ids }) => ids.length));
  const inputIds = new Int32Array(texts.length * length).fill(padTokenId);
  for (const [row, { ids }] of texts.entries()) inputIds.set(ids, row * length);
  const eosRows = Int32Array.from(texts, ({ eos }, row) => row * length + eos);
  const feeds = {
    input_ids: { type: 'int32', data: inputIds, dims: [texts.length, length] },
    eos_rows: { type: 'int32', data: eosRows, dims: [texts.length] },
  } as const;
  const { text_embedding } = await session.run(feeds, { signal, outputs: ['text_embedding'] });
  return rowsOf(text_embedding!);
}
