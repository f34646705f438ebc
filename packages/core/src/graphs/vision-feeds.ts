import type { Tensor } from '../contracts/backend.js';
import type { ClipSegConfig } from '../model/config.js';

/**
 * What the attention of the vision tower is changed by: scores * factor + bias before the softmax,
 * in every layer.
 */
export interface SupportMask {
  /** Tokens, the class token included. */
  readonly tokens: number;
  /** float32 [numHiddenLayers, tokens, tokens]: for each query (row) and key (column). */
  readonly factor: Float32Array;
  readonly bias: Float32Array;
}

const f32 = (data: Float32Array, dims: readonly number[]): Tensor => ({
  type: 'float32',
  data,
  dims,
});

/**
 * The mask's part for the layers from `first` to before `end`; where nothing is masked, one zero.
 */
function maskFeeds(mask: SupportMask | undefined, first: number, end: number) {
  const part = (all: Float32Array | undefined): Tensor => {
    if (!mask || !all) return f32(new Float32Array(1), [1, 1, 1]);
    const { tokens } = mask;
    const own = all.subarray(first * tokens ** 2, end * tokens ** 2);
    return f32(own, [end - first, tokens, tokens]);
  };
  return {
    masked: { type: 'bool', data: Uint8Array.of(mask ? 1 : 0), dims: [1] } as Tensor,
    attention_factor: part(mask?.factor),
    attention_bias: part(mask?.bias),
  };
}

/** Blocks of the tower that the graph vision_encoder holds; the head has those above. */
const encoderLayers = ({ extractLayers }: ClipSegConfig): number => 1 + Math.max(...extractLayers);

export interface VisionInput {
  /** float32 [3, height, width], normalised. */
  readonly pixels: Float32Array;
  readonly size: readonly [height: number, width: number];
  /** float32 [1 + h*w, hiddenSize], fitted to the grid of patches. */
  readonly positions: Float32Array;
  readonly supportMask?: SupportMask;
}

/** The inputs of the graph vision_encoder. */
export function visionEncoderFeeds(
  config: ClipSegConfig,
  { pixels, size, positions, supportMask: mask }: VisionInput,
): Record<string, Tensor> {
  const { hiddenSize } = config.visionConfig;
  return {
    pixel_values: f32(pixels, [1, 3, ...size]),
    position_embedding: f32(positions, [1, positions.length / hiddenSize, hiddenSize]),
    ...maskFeeds(mask, 0, encoderLayers(config)),
  };
}

/** The inputs of the graph vision_head. */
export function visionHeadFeeds(
  config: ClipSegConfig,
  lastHiddenState: Tensor,
  mask?: SupportMask,
): Record<string, Tensor> {
  const feeds = maskFeeds(mask, encoderLayers(config), config.visionConfig.numHiddenLayers);
  return { last_hidden_state: lastHiddenState, ...feeds };
}
