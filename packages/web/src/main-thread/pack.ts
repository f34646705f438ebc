import { ClipSegError, createSegmentation, type SegmentationData } from '@clipseg/core';
import { showValue } from '@clipseg/core/internal';
import { type MaskingStrategy, maskingNames } from '@clipseg/core/prompts';
import { bitmapOfElement } from '../image/bitmap.js';
import { type ImageInput, needsBitmap } from '../image/input.js';
import type { Limits } from '../image/limits.js';
import { isMarked, marked, replaced } from '../worker/wire.js';

/** Handles of arrays of which the worker holds a copy. */
export interface Handles {
  of(array: Float32Array): number | undefined;
  add(array: Float32Array, id: number): void;
}

export interface Packed {
  readonly args: readonly unknown[];
  readonly transfer: readonly ImageBitmap[];
}

const absolute = (url: string | URL): string => {
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href).href;
  } catch (cause) {
    throw new ClipSegError('invalid-image', `${url} is not the URL of an image.`, { cause });
  }
};

function refuseFunction(key: string | undefined): never {
  throw new ClipSegError(
    'invalid-argument',
    `A function (${key ?? 'an argument'}) cannot be sent to the worker. Write a custom worker that ` +
      "imports it (see '@clipseg/web/worker'), or use worker: false.",
  );
}

const isMasking = (value: unknown): value is MaskingStrategy =>
  typeof value === 'object' && typeof (value as MaskingStrategy | null)?.apply === 'function';

/** The JSON of a built-in masking strategy, which the worker converts back. */
function maskingJson({ name, toJSON }: MaskingStrategy): object {
  if ((maskingNames as readonly string[]).includes(name) && toJSON) return toJSON();
  throw new ClipSegError(
    'invalid-argument',
    `The custom masking strategy ${showValue(name)} cannot be sent to the worker. Use worker: false, ` +
      'or apply it in a prompt strategy of a custom worker; built-in masking strategies can be sent.',
  );
}

/** Makes bitmaps of the elements in the arguments, one for each element. */
async function bitmapsIn(
  args: readonly unknown[],
  limits: Limits,
): Promise<Map<unknown, ImageBitmap>> {
  const found = new Set<unknown>();
  replaced(args, (value) => {
    if (needsBitmap(value)) found.add(value);
    return undefined;
  });
  const bitmaps = new Map<unknown, ImageBitmap>();
  try {
    for (const input of found) {
      bitmaps.set(input, await bitmapOfElement(input as ImageInput, limits));
    }
    return bitmaps;
  } catch (error) {
    for (const bitmap of bitmaps.values()) bitmap.close();
    throw error;
  }
}

/**
 * Packs a call's arguments for a worker: signals become marks, elements become bitmaps, URLs
 * absolute, and arrays that the worker already has become handles.
 * @throws ClipSegError `invalid-argument`, `invalid-image`, `aborted`
 */
export async function pack(
  args: readonly unknown[],
  handles: Handles | undefined,
  limits: Limits,
): Promise<Packed> {
  const bitmaps = await bitmapsIn(args, limits);
  const packed = replaced(args, (value, key) => {
    if (key === 'masking' && isMasking(value)) return maskingJson(value);
    if (typeof value === 'function') return refuseFunction(key);
    if (value instanceof AbortSignal) return marked('signal');
    if (value instanceof URL || (key === 'image' && typeof value === 'string')) {
      return absolute(value);
    }
    if (value instanceof Float32Array) {
      const id = handles?.of(value);
      return id === undefined ? undefined : marked('kept', { id });
    }
    return bitmaps.get(value);
  });
  return { args: packed as unknown[], transfer: [...bitmaps.values()] };
}

/** Packs the first argument of `encodeImage` and `segment`, where a string is a URL. */
export const imageArgument = (input: unknown): unknown =>
  typeof input === 'string' ? absolute(input) : input;

/** Restores a result's methods, and records the handles of arrays that the worker keeps. */
export function unpack(result: unknown, handles: Handles): unknown {
  return replaced(result, (value) => {
    if (isMarked<{ data: SegmentationData }>(value, 'segmentation')) {
      return createSegmentation(value.data);
    }
    if (isMarked<{ id: number; array: Float32Array }>(value, 'kept')) {
      handles.add(value.array, value.id);
      return value.array;
    }
    return undefined;
  });
}
