import type { Session } from '../contracts/backend.js';
import { type FloatArray, float32, rowsOf, type Signature, sideOf } from './tensors.js';

export const decoder: Signature = {
  inputs: ['features', 'conditional_embedding', 'grid'],
  outputs: ['logits'],
  outputDims(feeds, { visionConfig: { patchSize } }) {
    const [rows = 0, columns = 0] = Array.from(feeds.grid?.data as BigInt64Array, Number);
    const prompts = sideOf(feeds, 'conditional_embedding', 0);
    return { logits: [prompts, rows * patchSize, columns * patchSize] };
  },
};

export interface DecoderInput {
  /** float32 [layers, 1 + h*w, reduceDim], from the vision encoder. */
  readonly features: FloatArray;
  /** One per prompt, float32 [projectionDim] each. */
  readonly conditionalEmbeddings: readonly Float32Array[];
  /** Patches of the image. */
  readonly grid: readonly [rows: number, columns: number];
}

/**
 * Runs the decoder on the features of one image and any number of prompts.
 * @returns logits, one map per prompt, float32 [rows * patchSize, columns * patchSize] each
 */
export async function runDecoder(
  session: Session,
  { features: { dims, data }, conditionalEmbeddings, grid }: DecoderInput,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Float32Array[]> {
  const width = conditionalEmbeddings[0]!.length;
  const embeddings = new Float32Array(conditionalEmbeddings.length * width);
  for (const [i, embedding] of conditionalEmbeddings.entries())
    embeddings.set(embedding, i * width);
  const feeds = {
    features: float32(data, [1, ...dims]),
    conditional_embedding: float32(embeddings, [conditionalEmbeddings.length, width]),
    grid: { type: 'int64', data: BigInt64Array.from(grid, BigInt), dims: [2] },
  } as const;
  const { logits } = await session.run(feeds, { signal, outputs: ['logits'] });
  return rowsOf(logits!);
}
