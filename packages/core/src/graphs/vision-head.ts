import type { Session } from '../contracts/backend.js';
import type { ClipSegConfig } from '../contracts/config.js';
import {
  attentionFeeds,
  attentionInputs,
  encoderLayers,
  type SupportMask,
} from './support-mask.js';
import { type FloatArray, float32, type Signature, sideOf } from './tensors.js';

export const visionHead: Signature = {
  inputs: ['last_hidden_state', ...attentionInputs],
  outputs: ['image_embedding'],
  outputDims: (feeds, { projectionDim }) => ({
    image_embedding: [sideOf(feeds, 'last_hidden_state', 0), projectionDim],
  }),
};

export interface VisionHeadInput {
  /** float32 [1 + h*w, hiddenSize], from the vision encoder. */
  readonly lastHiddenState: FloatArray;
  /** The support mask that the vision encoder got. */
  readonly supportMask?: SupportMask;
}

/**
 * Runs the vision head, the blocks above the vision encoder's, on the last hidden state of one
 * image.
 * @returns the image embedding, float32 [projectionDim]
 */
export async function runVisionHead(
  session: Session,
  { lastHiddenState: { dims, data }, supportMask }: VisionHeadInput,
  { config, signal }: { readonly config: ClipSegConfig; readonly signal?: AbortSignal },
): Promise<Float32Array> {
  const feeds = {
    last_hidden_state: float32(data, [1, ...dims]),
    ...attentionFeeds(supportMask, encoderLayers(config), config.visionConfig.numHiddenLayers),
  };
  const { image_embedding } = await session.run(feeds, { signal, outputs: ['image_embedding'] });
  return image_embedding!.data as Float32Array;
}
