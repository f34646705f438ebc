import type { EncodeImageOptions } from '../contracts/clip-seg.js';
import type { EncodedImage, EncodedView, Features } from '../contracts/encoded.js';
import type { Box, ImageDecoder, RawImage } from '../contracts/image.js';
import { runVisionEncoder } from '../graphs/vision-encoder.js';
import type { Model } from '../model/model.js';
import { createPositions } from '../model/positions.js';
import { ClipSegError, throwIfAborted } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import { pixelValues } from './normalize.js';
import { checkRawImage, toRgb } from './raw-image.js';
import { resize } from './resize.js';
import { resolutionOf } from './resolution.js';

/** Encodes image inputs: decodes, resizes and normalizes them, and runs the vision encoder. */
export function createImageEncoder<ImageInput>(
  model: Model,
  decodeImage?: ImageDecoder<ImageInput>,
) {
  const { config, preprocessing } = model.manifest;
  const { patchSize } = config.visionConfig;
  const positions = createPositions(model);

  /** Encodes one view, an RGB image of any size, to features. */
  async function encode(
    image: RawImage,
    size: readonly [height: number, width: number],
    signal: AbortSignal | undefined,
  ): Promise<{ features: Features; preprocess: number; encode: number }> {
    const start = performance.now();
    const pixels = pixelValues(resize(image, size, preprocessing.resample), preprocessing);
    const picture = { pixels, size, positions: positions(size) };
    const encoder = await model.session('visionEncoder');
    const ready = performance.now();
    const features = await runVisionEncoder(encoder, picture, { config, signal });
    return { features, preprocess: ready - start, encode: performance.now() - ready };
  }

  return async function encodeImage(
    input: ImageInput | RawImage,
    { resolution: wanted, signal, crop: part, ...looks }: EncodeImageOptions = {},
  ): Promise<EncodedImage> {
    const start = performance.now();
    throwIfAborted(signal);
    const decoded = decodeImage ? await decodeImage(input as ImageInput, { signal }) : input;
    const image = toRgb(checkRawImage(decoded));
    throwIfAborted(signal);
    const { width, height } = image;
    const common = { width, height, model: model.id };
    if (!part && !looks.tiles && !looks.flips) {
      const size = resolutionOf(wanted, image, preprocessing.size, patchSize);
      const read = performance.now() - start;
      const { features, preprocess, encode: time } = await encode(image, size, signal);
      return {
        ...common,
        resolution: size,
        features,
        timings: { preprocess: read + preprocess, encode: time },
      };
    }
    const { checkCrop, planViews, viewOf } = await import('./views/index.js');
    const region = checkCrop(part, image);
    const whole = viewOf(image, { box: region, mirrored: false });
    const size = resolutionOf(wanted, whole, preprocessing.size, patchSize);
    const plan = planViews(region, looks, size);
    const timings = { preprocess: performance.now() - start, encode: 0 };
    const look = async (picture: RawImage): Promise<Features> => {
      const { features, preprocess, encode: time } = await encode(picture, size, signal);
      timings.preprocess += preprocess;
      timings.encode += time;
      return features;
    };
    const features = await look(whole);
    const views: EncodedView[] = [];
    for (const view of plan) views.push({ ...view, features: await look(viewOf(image, view)) });
    return {
      ...common,
      resolution: size,
      features,
      timings,
      ...(part && { crop: region }),
      ...(views.length > 0 && { views }),
    };
  };
}

/** Whether a value is an encoded image. */
export function isEncodedImage(input: unknown): input is EncodedImage {
  try {
    return typeof input === 'object' && input !== null && 'features' in input && 'model' in input;
  } catch {
    return false; // a proxy that cannot be asked
  }
}

/**
 * Checks an encoded image. They are kept, sent and reused, so it may come from another model, or
 * its data may have been transferred away.
 * @throws ClipSegError `invalid-argument`
 */
export function checkEncodedImage(image: EncodedImage, model: Model): void {
  const fail = (what: string): never => {
    throw new ClipSegError('invalid-argument', `The encoded image ${what}; encode it again.`);
  };
  if (!isEncodedImage(image)) fail('is none: it has no features and no model');
  if (image.model !== model.id)
    fail(`was made by the model ${showValue(image.model)}, not by ${model.id}`);
  const { config } = model.manifest;
  const { patchSize } = config.visionConfig;
  const sides = [
    image.width,
    image.height,
    ...(Array.isArray(image.resolution) ? image.resolution : []),
  ];
  if (sides.length !== 4 || !sides.every((side) => Number.isInteger(side) && side >= 1)) {
    fail('has no whole width, height and size');
  }
  const [h, w] = image.resolution;
  if (h % patchSize || w % patchSize) fail(`has a size that is no multiple of ${patchSize}`);
  const tokens = 1 + (h / patchSize) * (w / patchSize);
  const dims = [config.extractLayers.length, tokens, config.reduceDim];
  const count = dims.reduce((product, dim) => product * dim, 1);
  const checkFeatures = ({ features }: Pick<EncodedView, 'features'>): void => {
    const { data, dims: own } = features ?? {};
    if (String(own) !== String(dims) || !(data instanceof Float32Array) || data.length !== count) {
      fail(
        `has features ${showValue(own)} of ${showValue(data?.length)} values, not [${dims}] of ${count}`,
      );
    }
  };
  checkFeatures(image);
  const { crop: region = [0, 0, image.width, image.height], views = [] } = image;
  if (!within(region, [0, 0, image.width, image.height])) fail('has a region outside of it');
  if (!Array.isArray(views)) fail('has views that are no list');
  for (const view of views as readonly EncodedView[]) {
    if (!within(view?.box, region)) fail('has a view outside of it');
    checkFeatures(view);
  }
}

function within(box: unknown, [x0, y0, x1, y1]: Box): boolean {
  if (!Array.isArray(box) || box.length !== 4 || !box.every(Number.isInteger)) return false;
  const [left, top, right, bottom] = box as unknown as Box;
  return left >= x0 && top >= y0 && left < right && top < bottom && right <= x1 && bottom <= y1;
}
