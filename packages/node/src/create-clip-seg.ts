import { type ClipSeg, createClipSeg as createCore } from '@clipseg/core';
import { checkOptions } from '@clipseg/core/internal';
import type { AdapterOptions, Backend, ModelSource } from '@clipseg/core/model';
import type { PromptOf, PromptStrategy } from '@clipseg/core/prompts';
import type { HubOptions } from './hub/options.js';
import { type DecodeLimits, decodeImage, type ImageInput } from './image/decode-image.js';
import { decodeLimits } from './image/options.js';
import { checkDevice, type Device, ortNode } from './native/ort-node.js';
import type { HubSourceOptions } from './sources/hub-source.js';
import { resolveModel } from './sources/resolve-model.js';

export interface CreateClipSegOptions extends AdapterOptions, HubSourceOptions, DecodeLimits {
  /**
   * `mini` (default: the embedded model, which only knows images of emoji-like objects), a folder
   * written by `clipseg convert`, a Hugging Face checkpoint folder, a hub id such as
   * `CIDAS/clipseg-rd64-refined` (for photographs), or a custom source.
   */
  readonly model?: string | ModelSource;
  /** ONNX Runtime's execution provider. Default `cpu`. */
  readonly device?: Device;
  /** A custom runtime, which `device` and `threads` do not reach. Default `ortNode()`. */
  readonly backend?: Backend;
  readonly hub?: HubOptions;
  readonly stallTimeoutMs?: number;
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
  const options = checkOptions(given, 'createClipSeg');
  const { model = 'mini', device, threads } = options;
  const backend = options.backend ?? ortNode({ device, threads });
  const source = typeof model === 'string' ? resolveModel(model, options) : model;
  const { signal: _, ...limits } = decodeLimits(options);
  if (!options.backend) await checkDevice(device); // before a model is downloaded
  return createCore({
    ...options,
    backend,
    model: source,
    decodeImage: (input: ImageInput, call) => decodeImage(input, { ...limits, ...call }),
  });
}
