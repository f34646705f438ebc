import { ClipSegError } from '@clipseg/core';
import { decodeLimits as commonLimits, showValue } from '@clipseg/core/internal';
import type { DecodeLimits as CommonLimits } from '@clipseg/core/model';

/** Limits for decoding images, for `createClipSeg` and `decodeImage`. */
export interface DecodeLimits extends CommonLimits {
  /**
   * Whether to read SVG. Default false, as an SVG may take hours to render. It is rendered in a
   * separate process, which is killed on a time-out or abort.
   */
  readonly svg?: boolean;
}

export interface DecodeImageOptions extends DecodeLimits {
  readonly signal?: AbortSignal;
}

export type Limits = Required<DecodeLimits> & { readonly signal: AbortSignal | undefined };

/**
 * Fills in the default limits.
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
