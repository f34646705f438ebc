import { ClipSegError, throwIfAborted } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import { MAX_PIXELS } from './raw-image.js';

/** Limits for decoding an image, for an adapter's `createClipSeg` and `decodeImage`. */
export interface DecodeLimits {
  /**
   * Images of more pixels (width x height in the header) are refused before they are decoded. 1 to
   * 2^28, the default. One pixel takes 3 to 8 bytes of memory during decoding.
   */
  readonly maxPixels?: number;
  /** Files and bodies of more bytes are refused before they are read. Default 2^29 (512 MiB). */
  readonly maxBytes?: number;
  /** Longest time for decoding one image, in milliseconds, 1 to 3600000. Default 30000. */
  readonly decodeTimeoutMs?: number;
}

const ranges = {
  maxPixels: [MAX_PIXELS, MAX_PIXELS],
  maxBytes: [2 ** 29, 2 ** 31],
  decodeTimeoutMs: [30_000, 3_600_000],
} as const;

/**
 * Returns the limits with their defaults.
 * @throws ClipSegError `invalid-argument`
 */
export function decodeLimits(options: DecodeLimits = {}): Required<DecodeLimits> {
  if (typeof options !== 'object' || options === null) {
    const message = `The options are ${showValue(options)}, not an object.`;
    throw new ClipSegError('invalid-argument', message);
  }
  const numberOf = (name: keyof typeof ranges): number => {
    const [usual, most] = ranges[name];
    const value = options[name] ?? usual;
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    const message = `${name} is ${showValue(value)}, not a whole number from 1 to ${most}.`;
    throw new ClipSegError('invalid-argument', message);
  };
  return {
    maxPixels: numberOf('maxPixels'),
    maxBytes: numberOf('maxBytes'),
    decodeTimeoutMs: numberOf('decodeTimeoutMs'),
  };
}

export interface InTimeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. By default only the signal ends the wait. */
  readonly timeoutMs?: number;
  /** Makes the error when the time is over. */
  readonly late?: () => Error;
}

/**
 * Waits for a promise until its time is over or the signal fires. The work itself continues; its
 * later result is dropped.
 * @throws ClipSegError `aborted`, or the error of `late`
 */
export async function inTime<T>(work: Promise<T>, options: InTimeOptions): Promise<T> {
  const { signal, timeoutMs, late } = options;
  work.catch(() => {}); // nobody may be waiting for it
  throwIfAborted(signal);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort = () => {};
  const ended = new Promise<never>((_, reject) => {
    abort = () =>
      reject(new ClipSegError('aborted', 'The operation was aborted.', { cause: signal?.reason }));
    signal?.addEventListener('abort', abort);
    if (late) timer = setTimeout(() => reject(late()), timeoutMs);
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
