import {
  ClipSegError,
  type DecodeLimits as CommonLimits,
  decodeLimits as commonLimits,
  showValue,
} from '@clipseg/core';

/** Limits of a picture's decoding, for `createClipSeg` and `decodeImage`. */
export interface DecodeLimits extends CommonLimits {
  /**
   * Read SVG too. Off by default, as an SVG is a program that may draw for hours. It is drawn in a
   * process of its own, which is ended when the time is over or the signal fires.
   */
  readonly svg?: boolean;
}

export interface DecodeImageOptions extends DecodeLimits {
  readonly signal?: AbortSignal;
}

export type Limits = Required<DecodeLimits> & { readonly signal: AbortSignal | undefined };

/**
 * The limits with their defaults.
 * @throws ClipSegError `invalid-argument`
 */
export function decodeLimits(options: DecodeImageOptions = {}): Limits {
  const common = commonLimits(options);
  const { svg = false, signal } = options;
  if (typeof svg !== 'boolean') {
    const message = `svg is ${showValue(svg)}, not true or false.`;
    throw new ClipSegError('invalid-argument', message);
  }
  return { ...common, svg, signal };
}
