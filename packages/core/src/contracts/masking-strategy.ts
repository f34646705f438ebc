/**
 * A support picture on its way to the vision tower, with the region that it is about. Pixels are
 * normalised as the model takes them, so that 0 is the mean color of ImageNet, not black.
 */
export interface MaskedPixels {
  readonly height: number;
  readonly width: number;
  /** float32 [3, height, width], normalised. */
  readonly pixels: Float32Array;
  /** float32 [height, width], 1 inside the region, 0 outside. */
  readonly mask: Float32Array;
  /** What `pixels` were normalised with, per channel. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** How the tower attends to the region; to all of the picture alike where absent. */
  readonly supportMask?: TokenMaskOptions;
}

/**
 * What the vision tower sees of a support picture and its region (paper 3.4, table 4). A factory
 * returns a plain object; several are applied in order.
 */
export interface MaskingStrategy {
  readonly name: string;
  /** Whether the result has a resolution of its own: then the picture comes at its source size. */
  readonly resizes?: boolean;
  /**
   * Gives new arrays; the input is left alone.
   * @param size wanted model resolution [height, width]
   * @throws ClipSegError `invalid-prompt`, e.g. for an empty region
   */
  apply(input: MaskedPixels, size: readonly [height: number, width: number]): MaskedPixels;
}

export interface TokenMaskOptions {
  /**
   * `additive` (default): the logarithm of the part of a patch that is inside is added to its
   * score, so that what is outside gets nothing. `multiplicative`: the original's
   * (models/clipseg.py, forward_multihead_attention), which multiplies scores by 0 or 1, so that
   * what is outside keeps some weight.
   */
  readonly form?: 'additive' | 'multiplicative';
  /** Whose attention: the class token's (default), or that of all patches among themselves. */
  readonly attention?: 'cls_token' | 'all';
  /** Blocks of the vision tower, counted from 0; all by default. */
  readonly layers?: readonly number[];
}
