import type { Plugin } from './plugin.js';

/** How the vision encoder limits its attention to the region. */
export interface TokenMaskOptions {
  /**
   * `additive` (default): adds the logarithm of the share of a patch that is inside to its score,
   * so that patches outside get no attention. `multiplicative`: multiplies scores by 0 or 1 as the
   * original does (models/clipseg.py, forward_multihead_attention), so that patches outside keep
   * some attention.
   */
  readonly form?: 'additive' | 'multiplicative';
  /** Which queries are limited: the class token (default), or all patches. */
  readonly attention?: 'cls_token' | 'all';
  /** Blocks of the vision encoder, counted from 0; all by default. */
  readonly layers?: readonly number[];
}

/**
 * A support on its way to the vision encoder, with its region. Pixels are normalized as the model
 * takes them: 0 is the mean color of ImageNet, not black.
 */
export interface MaskedPixels {
  readonly height: number;
  readonly width: number;
  /** float32 [3, height, width], normalized. */
  readonly pixels: Float32Array;
  /** float32 [height, width], 1 inside the region, 0 outside. */
  readonly mask: Float32Array;
  /** What `pixels` were normalized with, per channel. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** Limits attention to the region; absent: the whole image is attended to. */
  readonly supportMask?: TokenMaskOptions;
}

/**
 * What the vision encoder sees of a support and its region (paper 3.4, table 4). Several are
 * applied in order. Make one with `defineMasking`; test it with `testMaskingStrategy` of
 * `@clipseg/core/testing`.
 */
export interface MaskingStrategy<Options extends object = object> extends Plugin<Options> {
  /** Whether the result has the wanted resolution: the support then comes at its source size. */
  readonly resizes?: boolean;
  /**
   * Returns new arrays; the input stays unchanged.
   * @param resolution wanted model resolution [height, width]
   * @throws ClipSegError `invalid-prompt`, e.g. for an empty region
   */
  apply(input: MaskedPixels, resolution: readonly [height: number, width: number]): MaskedPixels;
}
