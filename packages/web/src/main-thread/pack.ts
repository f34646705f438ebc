import { ClipSegError, createSegmentation, type SegmentationData } from '@clipseg/core';
import { bitmapOfElement } from '../image/bitmap.js';
import { type ImageInput, needsBitmap } from '../image/input.js';
import type { Limits } from '../image/limits.js';
import { isMarked, marked, replaced } from '../worker/wire.js';

/** Handles of arrays that a worker holds a copy of. */
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
    throw new ClipSegError('invalid-image', `${url} is no URL of an image.`, { cause });
  }
};

function refuseFunction(key: string | undefined): never {
  throw new ClipSegError(
    'invalid-argument',
    `A function (${key ?? 'an argument'}) cannot be sent to the worker. Name built-in maskings by their ` +
      "names; bring own strategies in a worker of your own (see '@clipseg/web/worker'), or use " +
      'worker: false.',
  );
}

/** Elements as bitmaps, each once. */
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
 * Arguments of a call as a worker can be sent them: signals marked, elements as bitmaps, URLs
 * absolute, arrays it already has by their handles.
 * @throws ClipSegError `invalid-argument`, `invalid-image`, `aborted`
 */
export async function pack(
  args: readonly unknown[],
  handles: Handles | undefined,
  limits: Limits,
): Promise<Packed> {
  const bitmaps = await bitmapsIn(args, limits);
  const packed = replaced(args, (value, key) => {
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

/** The first argument of `encodeImage` and `segment`: there, a string is a URL. */
export const imageArgument = (input: unknown): unknown =>
  typeof input === 'string' ? absolute(input) : input;

/** A result with its methods, and handles noted for what the worker keeps. */
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
