import type { Session } from '../contracts/backend.js';
import type { ClipSegConfig } from '../contracts/config.js';
import {
  attentionFeeds,
  attentionInputs,
  encoderLayers,
  type SupportMask,
} from './support-mask.js';
import { type FloatArray, float32, onlyOne, type Signature, sideOf } from './tensors.js';

export const visionEncoder: Signature = {
  inputs: ['pixel_values', 'position_embedding', ...attentionInputs],
  outputs: ['features', 'last_hidden_state'],
  outputDims(feeds, { visionConfig, extractLayers, reduceDim }) {
    const images = sideOf(feeds, 'pixel_values', 0);
    const tokens = sideOf(feeds, 'position_embedding', 1);
    return {
      features: [images, extractLayers.length, tokens, reduceDim],
      last_hidden_state: [images, tokens, visionConfig.hiddenSize],
    };
  },
};

export interface VisionInput {
  /** float32 [3, height, width], normalized. */
  readonly pixels: Float32Array;
  readonly size: readonly [height: number, width: number];
  /** float32 [1 + h*w, hiddenSize], fitted to the grid of patches. */
  readonly positions: Float32Array;
  readonly supportMask?: SupportMask;
}

export interface VisionEncoderOptions {
  readonly config: ClipSegConfig;
  /**
   * The output: `features` for the decoder (default), or `lastHiddenState` for the vision head.
   * Blocks that only the other output needs are not computed.
   */
  readonly output?: 'features' | 'lastHiddenState';
  readonly signal?: AbortSignal;
}

/**
 * Runs the vision encoder on one image.
 * @returns float32 [layers, 1 + h*w, reduceDim], the deepest layer first, or the last hidden state,
 *   float32 [1 + h*w, hiddenSize]
 */
export async function runVisionEncoder(
  session: Session,
  { pixels, size, positions, supportMask }: VisionInput,
  { config, output = 'features', signal }: VisionEncoderOptions,
): Promise<FloatArray> {
  const { hiddenSize } = config.visionConfig;
  const feeds = {
    pixel_values: float32(pixels, [1, 3, ...size]),
    position_embedding: float32(positions, [1, positions.length / hiddenSize, hiddenSize]),
    ...attentionFeeds(supportMask, 0, encoderLayers(config)),
  };
  const name = output === 'features' ? 'features' : 'last_hidden_state';
  const results = await session.run(feeds, { signal, outputs: [name] });
  return onlyOne(results[name]!);
}
