import { ClipSegError, MAX_PIXELS, showValue } from '@clipseg/core';

/** Limits of a picture's decoding, for `createClipSeg` and `decodeImage`. */
export interface DecodeLimits {
  /**
   * Read SVG too. Off by default, as an SVG is a program that may draw for hours. It is drawn in a
   * process of its own, which is ended when the time is over or the signal fires.
   */
  readonly svg?: boolean;
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

export interface DecodeImageOptions extends DecodeLimits {
  readonly signal?: AbortSignal;
}

export type Limits = Required<DecodeLimits> & { readonly signal: AbortSignal | undefined };

const ranges = {
  maxPixels: [MAX_PIXELS, MAX_PIXELS],
  maxBytes: [2 ** 29, 2 ** 31],
  decodeTimeoutMs: [30_000, 3_600_000],
} as const;

/**
 * The limits with their defaults.
 * @throws ClipSegError `invalid-argument`
 */
export function decodeLimits(options: DecodeImageOptions = {}): Limits {
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
  const { svg = false, signal } = options;
  if (typeof svg !== 'boolean') {
    const message = `svg is ${showValue(svg)}, not true or false.`;
    throw new ClipSegError('invalid-argument', message);
  }
  const [maxPixels, maxBytes] = [numberOf('maxPixels'), numberOf('maxBytes')];
  return { svg, maxPixels, maxBytes, decodeTimeoutMs: numberOf('decodeTimeoutMs'), signal };
}
