import {
  type ClipSeg,
  ClipSegError,
  type CreateClipSegOptions as CoreOptions,
  createClipSeg as createCore,
  type Dtype,
} from '@clipseg/core';
import { showValue } from '@clipseg/core/internal';
import type { ModelSource } from '@clipseg/core/model';
import type { PromptOf, PromptStrategy } from '@clipseg/core/prompts';
import { type DecodeLimits, decodeImage, type ImageInput } from './image/decode-image.js';
import { decodeLimits } from './image/options.js';
import { checkDevice, type Device, ortNode } from './native/ort-node.js';
import { type ResolveModelOptions, resolveModel } from './sources/resolve-model.js';

export interface CreateClipSegOptions
  extends Partial<Omit<CoreOptions<ImageInput>, 'model' | 'decodeImage'>>,
    ResolveModelOptions,
    DecodeLimits {
  /**
   * `mini` (default: the embedded model, which only knows images of emoji-like objects), a folder
   * written by `clipseg convert`, a Hugging Face checkpoint folder, a hub id such as
   * `CIDAS/clipseg-rd64-refined` (for photographs), or a custom source.
   */
  readonly model?: string | ModelSource;
  /** Default `fp32`. */
  readonly dtype?: Dtype;
  /** ONNX Runtime's execution provider. Default `cpu`. */
  readonly device?: Device;
  /** Default: the number of processors, or the container's CPU quota if that is smaller. */
  readonly threads?: number;
}

/** Reads the options once, since getters may throw or change later. */
function readOptions(given: CreateClipSegOptions): CreateClipSegOptions {
  if (typeof given === 'object' && given !== null) {
    try {
      return { ...given };
    } catch (cause) {
      const message = 'The options of createClipSeg cannot be read.';
      throw new ClipSegError('invalid-argument', message, { cause });
    }
  }
  const message = `The options of createClipSeg are ${showValue(given)}, not an object.`;
  throw new ClipSegError('invalid-argument', message);
}

/**
 * Creates CLIPSeg on Node.js.
 * @throws ClipSegError; graphs loaded so far are disposed, partial downloads can be resumed
 */
export async function createClipSeg<
  Custom = never,
  const Strategies extends readonly PromptStrategy[] = readonly PromptStrategy<Custom>[],
>(
  given: CreateClipSegOptions & { readonly strategies?: Strategies } = {},
): Promise<ClipSeg<ImageInput, Custom | PromptOf<Strategies[number]>>> {
  const options = readOptions(given);
  const { model = 'mini', device, threads, dtype = 'fp32' } = options;
  const backend = options.backend ?? ortNode({ device, threads });
  const source = typeof model === 'string' ? resolveModel(model, options) : model;
  const { signal: _, ...limits } = decodeLimits(options);
  if (!options.backend) await checkDevice(device); // before a model is downloaded
  return createCore({
    ...options,
    backend,
    dtype,
    model: source,
    decodeImage: (input: ImageInput, call) => decodeImage(input, { ...limits, ...call }),
  });
}
