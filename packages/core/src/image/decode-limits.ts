import { ClipSegError, throwIfAborted } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import { MAX_PIXELS } from './raw-image.js';

/** Limits of a picture's decoding, for an adapter's `createClipSeg` and `decodeImage`. */
export interface DecodeLimits {
  /**
   * Pictures of more pixels (width x height, as the header says) are refused before they are
   * unpacked. 1 to 2^28, the default. One pixel takes 3 to 8 bytes of memory while it is decoded.
   */
  readonly maxPixels?: number;
  /** Files and bodies of more bytes are refused before they are read. Default 2^29 (512 MiB). */
  readonly maxBytes?: number;
  /** Milliseconds that unpacking one picture may take, 1 to 3600000. Default 30000. */
  readonly decodeTimeoutMs?: number;
}

const ranges = {
  maxPixels: [MAX_PIXELS, MAX_PIXELS],
  maxBytes: [2 ** 29, 2 ** 31],
  decodeTimeoutMs: [30_000, 3_600_000],
} as const;

/**
 * The limits with their defaults.
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
  /** Without it, the signal alone ends the wait. */
  readonly timeoutMs?: number;
  /** The error when the time is over. */
  readonly late?: () => Error;
}

/**
 * The promise, or an error as soon as its time is over or the signal fires. The work itself goes
 * on: what comes later is dropped.
 * @throws ClipSegError `aborted`, and what `late` gives
 */
export async function inTime<T>(work: Promise<T>, options: InTimeOptions): Promise<T> {
  const { signal, timeoutMs, late } = options;
  work.catch(() => {}); // nobody may wait for it any more
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
