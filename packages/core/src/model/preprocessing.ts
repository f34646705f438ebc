import type { Preprocessing } from '../contracts/manifest.js';
import { ClipSegError } from '../util/errors.js';
import { isRecord } from '../util/json.js';
import { showValue } from '../util/show-value.js';
import type { Refuse } from './config.js';

/** The original's settings; the defaults of transformers (224, 0.5) are wrong for CLIPSeg. */
export const defaultPreprocessing: Preprocessing = {
  size: [352, 352],
  resample: 'bilinear',
  rescaleFactor: 1 / 255,
  imageMean: [0.485, 0.456, 0.406],
  imageStd: [0.229, 0.224, 0.225],
};

/** Largest normalized pixel: no model works beyond it, and far beyond, masks become NaN. */
const MAX_PIXEL = 1e6;

const isSide = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 4096;

function isTriple(value: unknown, low: number): value is [number, number, number] {
  const valid = (v: unknown) => typeof v === 'number' && Number.isFinite(v) && v > low;
  return Array.isArray(value) && value.length === 3 && value.every(valid);
}

/**
 * Checks every field of settings from outside.
 * @param refuse throws an error that names the field as spelled here
 */
export function checkPreprocessing(json: unknown, refuse: Refuse): Preprocessing {
  if (!isRecord(json)) return refuse('the whole', json, 'an object');
  const { size, resample, rescaleFactor: factor, imageMean: mean, imageStd: std } = json;
  if (!Array.isArray(size) || size.length !== 2 || !size.every(isSide)) {
    return refuse('size', size, 'a side, or { height, width }, from 1 to 4096');
  }
  if (resample !== 'bilinear' && resample !== 'bicubic') {
    return refuse('resample', resample, '2 (bilinear) or 3 (bicubic)');
  }
  if (typeof factor !== 'number' || !(factor > 0 && factor <= MAX_PIXEL)) {
    return refuse('rescaleFactor', factor, `above 0, up to ${MAX_PIXEL}`);
  }
  if (!isTriple(mean, Number.NEGATIVE_INFINITY)) {
    return refuse('imageMean', mean, 'three numbers');
  }
  if (!isTriple(std, 0)) return refuse('imageStd', std, 'three numbers above 0');
  const largest = Math.max(
    ...std.flatMap((s, c) => [0, 255 * factor].map((v) => Math.abs(v - mean[c]!) / s)),
  );
  if (!(largest <= MAX_PIXEL)) {
    return refuse('imageStd', std, `such that pixels stay below ${MAX_PIXEL}`);
  }
  return {
    size: size as unknown as readonly [number, number],
    resample,
    rescaleFactor: factor,
    imageMean: mean,
    imageStd: std,
  };
}

const spelt: Readonly<Record<string, string>> = {
  rescaleFactor: 'rescale_factor',
  imageMean: 'image_mean',
  imageStd: 'image_std',
};

const refuseFile: Refuse = (field, value, expected) => {
  const what = `${spelt[field] ?? field} is ${showValue(value)}, not ${expected}`;
  throw new ClipSegError('invalid-config', `preprocessor_config.json: ${what}.`);
};

type Fields = Readonly<Record<string, unknown>>;

/** Reads a `do_...` switch; null counts as omitted. */
function flag(json: Fields, name: string, fallback: boolean): boolean {
  const value = json[name] ?? fallback;
  return typeof value === 'boolean' ? value : refuseFile(name, value, 'true or false');
}

/** Reads a size: one side for both, { height, width }, or the shortest edge. */
function sides(value: unknown, field: string): readonly [number, number] {
  if (isSide(value)) return [value, value];
  if (isRecord(value)) {
    const { height = value.shortest_edge, width = value.shortest_edge } = value;
    if (isSide(height) && isSide(width)) return [height, width];
  }
  return refuseFile(field, value, 'a side, or { height, width }, from 1 to 4096');
}

/** Reads three channels; one number counts for all of them, as in Hugging Face's processors. */
const perChannel = (value: unknown): unknown =>
  typeof value === 'number' ? [value, value, value] : value;

/** Refuses options that would give other pixels, rather than ignoring them silently. */
function checkGeometry(json: Fields, size: readonly [number, number]): void {
  if (!flag(json, 'do_resize', true)) {
    refuseFile('do_resize', false, 'true: pictures are always resized to the size of the model');
  }
  if (flag(json, 'do_center_crop', false)) {
    const crop = json.crop_size == null ? size : sides(json.crop_size, 'crop_size');
    if (crop[0] !== size[0] || crop[1] !== size[1]) {
      refuseFile(
        'do_center_crop',
        true,
        'false: a mask covers the whole picture, so none is cropped',
      );
    }
  }
  if (flag(json, 'do_pad', false)) {
    refuseFile('do_pad', true, 'false: a mask covers the whole picture, so none is padded');
  }
}

/**
 * Reads a Hugging Face preprocessor_config.json; `undefined` if the checkpoint has none.
 * `do_normalize: false` disables mean and standard deviation, `do_rescale: false` the factor.
 * @throws ClipSegError `invalid-config` naming the field
 */
export function parsePreprocessing(json: unknown | undefined): Preprocessing {
  if (json === undefined) return defaultPreprocessing;
  if (!isRecord(json)) return refuseFile('the whole', json, 'an object');
  const fallback = defaultPreprocessing;
  const size = json.size === undefined ? fallback.size : sides(json.size, 'size');
  checkGeometry(json, size);
  const resample = json.resample ?? 2;
  const normalize = flag(json, 'do_normalize', true);
  const rescale = flag(json, 'do_rescale', true);
  return checkPreprocessing(
    {
      size,
      resample: resample === 2 ? 'bilinear' : resample === 3 ? 'bicubic' : resample,
      rescaleFactor: rescale ? (json.rescale_factor ?? 1 / 255) : 1,
      imageMean: normalize ? perChannel(json.image_mean ?? fallback.imageMean) : [0, 0, 0],
      imageStd: normalize ? perChannel(json.image_std ?? fallback.imageStd) : [1, 1, 1],
    },
    refuseFile,
  );
}
