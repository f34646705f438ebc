import type { Tensor } from '../contracts/backend.js';
import type { ClipSegConfig } from '../contracts/config.js';
import { float32 } from './tensors.js';

/**
 * Changes the attention of the vision tower: scores * factor + bias before the softmax, in every
 * layer.
 */
export interface SupportMask {
  /** Number of tokens, including the class token. */
  readonly tokens: number;
  /** float32 [numHiddenLayers, tokens, tokens]: for each query (row) and key (column). */
  readonly factor: Float32Array;
  readonly bias: Float32Array;
}

export const attentionInputs = ['masked', 'attention_factor', 'attention_bias'];

/** Returns the number of blocks in the vision encoder; the vision head has the others. */
export const encoderLayers = ({ extractLayers }: ClipSegConfig): number =>
  1 + Math.max(...extractLayers);

/**
 * Returns the mask's part for the layers from `first` to `end` (not included); one zero without a
 * mask.
 */
export function attentionFeeds(mask: SupportMask | undefined, first: number, end: number) {
  const part = (all: Float32Array | undefined): Tensor => {
    if (!mask || !all) return float32(new Float32Array(1), [1, 1, 1]);
    const { tokens } = mask;
    const layers = all.subarray(first * tokens ** 2, end * tokens ** 2);
    return float32(layers, [end - first, tokens, tokens]);
  };
  return {
    masked: { type: 'bool', data: Uint8Array.of(mask ? 1 : 0), dims: [1] },
    attention_factor: part(mask?.factor),
    attention_bias: part(mask?.bias),
  } satisfies Record<string, Tensor>;
}
