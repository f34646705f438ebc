import { ClipSegError } from './errors.js';
import { isRecord } from './json.js';

/** preprocessor_config.json, as the engine uses it: x = (v * rescaleFactor - mean) / std. */
export interface Preprocessing {
  /** Model resolution in pixels. */
  readonly size: readonly [height: number, width: number];
  readonly resample: 'bilinear' | 'bicubic';
  readonly rescaleFactor: number;
  readonly imageMean: readonly [number, number, number];
  readonly imageStd: readonly [number, number, number];
}

/** What the original uses; the library's own defaults (224, 0.5) are wrong for CLIPSeg. */
export const defaultPreprocessing: Preprocessing = {
  size: [352, 352],
  resample: 'bilinear',
  rescaleFactor: 1 / 255,
  imageMean: [0.485, 0.456, 0.406],
  imageStd: [0.229, 0.224, 0.225],
};

function fail(field: string, value: unknown, expected: string): never {
  const shown = JSON.stringify(value)?.slice(0, 60);
  throw new ClipSegError(
    'invalid-config',
    `preprocessor_config.json: ${field} is ${shown}, not ${expected}.`,
  );
}

const isSide = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 4096;

function size(value: unknown): readonly [number, number] {
  if (isSide(value)) return [value, value];
  if (isRecord(value)) {
    const { height = value.shortest_edge, width = value.shortest_edge } = value;
    if (isSide(height) && isSide(width)) return [height, width];
  }
  return fail('size', value, 'a side, or { height, width }, from 1 to 4096');
}

function triple(value: unknown, field: string, low: number): readonly [number, number, number] {
  const valid = (v: unknown) => typeof v === 'number' && Number.isFinite(v) && v > low;
  if (!Array.isArray(value) || value.length !== 3 || !value.every(valid)) {
    fail(field, value, `three numbers${low === 0 ? ' above 0' : ''}`);
  }
  return value as [number, number, number];
}

/**
 * Reads a Hugging Face preprocessor_config.json; `undefined` when the checkpoint has none.
 * @throws ClipSegError `invalid-config` naming the field
 */
export function parsePreprocessing(json: unknown | undefined): Preprocessing {
  if (json === undefined) return defaultPreprocessing;
  if (!isRecord(json)) fail('the whole', json, 'an object');
  const { resample = 2, rescale_factor: factor = 1 / 255 } = json;
  const filter = { 2: 'bilinear', 3: 'bicubic' }[String(resample)];
  if (!filter) fail('resample', resample, '2 (bilinear) or 3 (bicubic)');
  if (typeof factor !== 'number' || !(factor > 0)) fail('rescale_factor', factor, 'above 0');
  const fallback = defaultPreprocessing;
  return {
    size: json.size === undefined ? fallback.size : size(json.size),
    resample: filter as 'bilinear' | 'bicubic',
    rescaleFactor: json.do_rescale === false ? 1 : (factor as number),
    imageMean: triple(json.image_mean ?? fallback.imageMean, 'image_mean', -Infinity),
    imageStd: triple(json.image_std ?? fallback.imageStd, 'image_std', 0),
  };
}
