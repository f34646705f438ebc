import type { CallOptions } from '../contracts/clip-seg.js';
import type { ConditionalEmbedding } from '../contracts/encoded.js';
import type { ImageDecoder, RawImage } from '../contracts/image.js';
import type { Preprocessing } from '../contracts/manifest.js';
import type { MaskedPixels, MaskingStrategy } from '../contracts/masking-strategy.js';
import type { Support } from '../contracts/prompt.js';
import { runVisionEncoder } from '../graphs/vision-encoder.js';
import { runVisionHead } from '../graphs/vision-head.js';
import { pixelValues } from '../image/normalize.js';
import { checkRawImage, toRgb } from '../image/raw-image.js';
import { resize } from '../image/resize.js';
import { resolutionOf } from '../image/resolution.js';
import type { Model } from '../model/model.js';
import { createPositions } from '../model/positions.js';
import { regionMask } from '../raster/region.js';
import { ClipSegError, throwIfAborted } from '../util/errors.js';
import { maskingFromJson } from './masking/masking-from-json.js';
import { applyMasking, paperMasking } from './masking/modes.js';
import { supportMask } from './masking/token-mask.js';

function strategiesOf({ masking, region }: Support): readonly MaskingStrategy[] {
  if (masking === undefined) return region ? paperMasking() : [];
  return maskingFromJson(masking);
}

/** Resizes a mask by nearest neighbor; without a region, all pixels are 1. */
function maskAt(
  mask: Uint8Array | undefined,
  from: RawImage,
  [height, width]: readonly [number, number],
): Float32Array {
  return Float32Array.from({ length: height * width }, (_, i) => {
    if (!mask) return 1;
    const x = Math.floor((((i % width) + 0.5) * from.width) / width);
    const y = Math.floor(((Math.floor(i / width) + 0.5) * from.height) / height);
    return mask[y * from.width + x]!;
  });
}

/**
 * Largest number of pixels as floats, which take 12 bytes each: larger images are reduced first.
 */
const MAX_SOURCE_SIDE = 2048;

function sourceSize({ width, height }: RawImage): readonly [height: number, width: number] {
  const scale = Math.min(1, MAX_SOURCE_SIDE / Math.max(width, height));
  return [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))];
}

/** Computes what the vision encoder sees of a support. */
function look(
  image: RawImage,
  support: Support,
  size: readonly [number, number],
  preprocessing: Preprocessing,
): MaskedPixels {
  const strategies = strategiesOf(support);
  const mask = support.region && regionMask(support.region, image);
  // Maskings that crop work on the source, all others at the model resolution.
  const cropped = strategies.some(({ resizes }) => resizes);
  const at = cropped ? sourceSize(image) : size;
  const picture = resize(image, at, preprocessing.resample); // itself where nothing changes
  const input: MaskedPixels = {
    height: at[0],
    width: at[1],
    mask: maskAt(mask, image, at),
    pixels: pixelValues(picture, preprocessing),
    mean: preprocessing.imageMean,
    std: preprocessing.imageStd,
  };
  const seen = applyMasking(input, strategies, size);
  if (seen.height === size[0] && seen.width === size[1]) return seen;
  const names = strategies.map(({ name }) => name).join(', ');
  throw new ClipSegError(
    'invalid-argument',
    `The masking ${names} gives ${seen.width} x ${seen.height} pixels, not ${size[1]} x ${size[0]}.`,
  );
}

/** Encodes supports to image embeddings: masking, vision encoder, vision head. */
export function createImagePromptEncoder<ImageInput>(
  model: Model,
  decodeImage?: ImageDecoder<ImageInput>,
) {
  const { config, preprocessing } = model.manifest;
  const { patchSize } = config.visionConfig;
  const positions = createPositions(model);

  async function encode(support: Support, signal?: AbortSignal): Promise<ConditionalEmbedding> {
    throwIfAborted(signal);
    const input = support.image as ImageInput;
    const decoded = decodeImage ? await decodeImage(input, { signal }) : input;
    const image = toRgb(checkRawImage(decoded));
    const size = resolutionOf(support.resolution, image, preprocessing.size, patchSize);
    const seen = look(image, support, size, preprocessing);
    const mask =
      seen.supportMask && supportMask(config, { mask: seen.mask, size }, seen.supportMask);
    const { pixels } = seen;
    const picture = { pixels, size, positions: positions(size), supportMask: mask };
    const [tower, head] = await Promise.all([
      model.session('visionEncoder'),
      model.session('visionHead'),
    ]);
    const output = 'lastHiddenState';
    const lastHiddenState = await runVisionEncoder(tower, picture, { config, signal, output });
    return runVisionHead(head, { lastHiddenState, supportMask: mask }, { config, signal });
  }

  return async (
    supports: readonly Support[],
    { signal }: CallOptions = {},
  ): Promise<ConditionalEmbedding[]> => {
    const embeddings: ConditionalEmbedding[] = [];
    for (const support of supports) embeddings.push(await encode(support, signal));
    return embeddings;
  };
}
