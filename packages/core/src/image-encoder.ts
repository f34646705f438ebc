import type { Tensor } from './contracts/backend.js';
import type { EncodedImage, EncodeImageOptions } from './contracts/clip-seg.js';
import type { ImageDecoder, RawImage } from './contracts/image.js';
import { ClipSegError, throwIfAborted } from './errors.js';
import type { Model } from './model.js';
import { pixelValues } from './normalize.js';
import { createPositions } from './positions.js';
import { checkRawImage, toRgb } from './raw-image.js';
import { resize } from './resize.js';
import { resolveSize } from './size.js';
import { visionEncoderFeeds } from './vision-feeds.js';

/** From an image input to what the decoder reads: decode, resize, normalise, vision encoder. */
export function createImageEncoder<ImageInput>(
  model: Model,
  decodeImage?: ImageDecoder<ImageInput>,
) {
  const { config, preprocessing } = model.manifest;
  const { patchSize } = config.visionConfig;
  const positions = createPositions(model);

  return async function encodeImage(
    input: ImageInput | RawImage,
    { size: wanted, signal }: EncodeImageOptions = {},
  ): Promise<EncodedImage> {
    const start = performance.now();
    throwIfAborted(signal);
    const decoded = decodeImage ? await decodeImage(input as ImageInput, { signal }) : input;
    const image = toRgb(checkRawImage(decoded));
    throwIfAborted(signal);
    const size = resolveSize(wanted, image, preprocessing.size, patchSize);
    const pixels = pixelValues(resize(image, size, preprocessing.resample), preprocessing);
    const feeds = visionEncoderFeeds(config, { pixels, size, positions: positions(size) });
    const encoder = await model.session('visionEncoder');
    const ready = performance.now();
    // last_hidden_state serves image prompts: not asked for, its blocks are not computed.
    const { features } = await encoder.run(feeds, { signal, outputs: ['features'] });
    const { dims, data } = features as Tensor;
    return {
      width: image.width,
      height: image.height,
      size,
      features: { dims: dims.slice(1), data: data as Float32Array },
      model: model.id,
      timings: { preprocess: ready - start, encode: performance.now() - ready },
    };
  };
}

/** Whether `segment` was given an image that is encoded already. */
export function isEncodedImage(input: unknown): input is EncodedImage {
  return typeof input === 'object' && input !== null && 'features' in input && 'model' in input;
}

/**
 * Encoded images are kept, sent and reused, so what comes back may be of another model, or have
 * lost its data to a transfer.
 * @throws ClipSegError `invalid-argument`
 */
export function checkEncodedImage(image: EncodedImage, model: Model): void {
  const fail = (what: string): never => {
    throw new ClipSegError('invalid-argument', `The encoded image ${what}; encode it again.`);
  };
  if (!isEncodedImage(image)) fail('is none: it has no features and no model');
  if (image.model !== model.id) fail(`was made by the model ${image.model}, not by ${model.id}`);
  const { config } = model.manifest;
  const { patchSize } = config.visionConfig;
  const sides = [image.width, image.height, ...(Array.isArray(image.size) ? image.size : [])];
  if (sides.length !== 4 || !sides.every((side) => Number.isInteger(side) && side >= 1)) {
    fail('has no whole width, height and size');
  }
  const [h, w] = image.size;
  if (h % patchSize || w % patchSize) fail(`has a size that is no multiple of ${patchSize}`);
  const tokens = 1 + (h / patchSize) * (w / patchSize);
  const dims = [config.extractLayers.length, tokens, config.reduceDim];
  const { data, dims: own } = image.features;
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (String(own) !== String(dims) || !(data instanceof Float32Array) || data.length !== count) {
    fail(`has features [${own}] of ${data?.length} values, not [${dims}] of ${count}`);
  }
}
