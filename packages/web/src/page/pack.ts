import { ClipSegError, createSegmentation, type SegmentationData } from '@clipseg/core';
import { bitmapOf, type ImageInput, needsBitmap } from '../image/decode-image.js';
import { isMarked, marked, replaced } from '../work/wire.js';

/** Handles of arrays that a worker holds a copy of. */
export interface Handles {
  of(array: Float32Array): number | undefined;
  add(array: Float32Array, id: number): void;
}

export interface Packed {
  readonly args: readonly unknown[];
  readonly transfer: readonly Transferable[];
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
async function bitmapsIn(args: readonly unknown[]): Promise<Map<unknown, ImageBitmap>> {
  const found = new Set<unknown>();
  replaced(args, (value) => {
    if (needsBitmap(value)) found.add(value);
    return undefined;
  });
  const bitmaps = new Map<unknown, ImageBitmap>();
  for (const input of found) bitmaps.set(input, await bitmapOf(input as ImageInput));
  return bitmaps;
}

/**
 * Arguments of a call as a worker can be sent them: signals marked, elements as bitmaps, URLs
 * absolute, arrays it already has by their handles.
 * @throws ClipSegError `invalid-argument`, `invalid-image`
 */
export async function pack(
  args: readonly unknown[],
  handles: Handles | undefined,
): Promise<Packed> {
  const bitmaps = await bitmapsIn(args);
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
