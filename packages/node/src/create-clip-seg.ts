import {
  type ClipSeg,
  ClipSegError,
  type CreateClipSegOptions as CoreOptions,
  createClipSeg as createCore,
  type Dtype,
  type ModelSource,
  showValue,
} from '@clipseg/core';
import { type DecodeLimits, decodeImage, type ImageInput } from './image/decode-image.js';
import { decodeLimits } from './image/options.js';
import { checkDevice, type Device, ortNode } from './native/ort-node.js';
import { type ResolveModelOptions, resolveModel } from './sources/resolve-model.js';

export interface CreateClipSegOptions
  extends Partial<Omit<CoreOptions<ImageInput>, 'model' | 'decodeImage'>>,
    ResolveModelOptions,
    DecodeLimits {
  /**
   * `mini` (default: the embedded model, which knows emoji-like pictures only), a folder made by
   * `clipseg convert`, a Hugging Face checkpoint folder, a hub id such as
   * `CIDAS/clipseg-rd64-refined` (the real model), or a source of your own.
   */
  readonly model?: string | ModelSource;
  /** Default `fp32`. */
  readonly dtype?: Dtype;
  /** ONNX Runtime's execution provider. Default `cpu`. */
  readonly device?: Device;
  /** Default: the processors this process may use, or as many as a container's quota pays for. */
  readonly threads?: number;
}

/** Read once, so that nothing throws or changes later: objects of JavaScript may do both. */
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
 * CLIPSeg on Node.js.
 * @throws ClipSegError; what was loaded or half downloaded before is freed or left resumable
 */
export async function createClipSeg(
  given: CreateClipSegOptions = {},
): Promise<ClipSeg<ImageInput>> {
  const options = readOptions(given);
  const { model = 'mini', device, threads, dtype = 'fp32' } = options;
  const backend = options.backend ?? ortNode({ device, threads });
  const source = typeof model === 'string' ? resolveModel(model, options) : model;
  const { signal: _, ...limits } = decodeLimits(options);
  if (!options.backend) await checkDevice(device); // before a model is fetched in vain
  return createCore<ImageInput>({
    ...options,
    backend,
    dtype,
    model: source,
    decodeImage: (input, call) => decodeImage(input, { ...limits, ...call }),
  });
}
