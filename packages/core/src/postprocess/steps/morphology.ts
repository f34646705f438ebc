import type { PostProcessor } from '../../contracts/post-processor.js';
import { dilate, erode } from '../../raster/distance.js';
import type { MaskSize } from '../../raster/mask.js';
import { closing, opening } from '../../raster/morphology.js';
import { fillHoles, removeSmall } from '../../raster/parts.js';
import { smoothing } from '../../raster/smoothing.js';
import { checkNumber, checkOptions } from '../../util/check.js';
import { definePostProcessor } from '../define.js';
import { cut, withMask } from './draft.js';

/** Radii of discs, and areas in source pixels. Omitted operations are not done. */
export interface MorphologyOptions {
  /** Closes gaps that no disc of this radius fits into. */
  readonly close?: number;
  /** Removes specks and lines that no disc of this radius fits into. */
  readonly open?: number;
  /** Fills holes: all, or those of at most this number of pixels. */
  readonly fillHoles?: boolean | number;
  /** Removes parts of fewer pixels. */
  readonly minArea?: number;
  /** Shrinks by a disc. */
  readonly erode?: number;
  /** Grows by a disc. */
  readonly dilate?: number;
  /** Smooths outlines, with surroundings of this radius. */
  readonly smooth?: number;
}

type Operation = (mask: Uint8Array, size: MaskSize, value: number) => Uint8Array;

// In order of execution.
const operations: { readonly [Name in keyof MorphologyOptions]-?: Operation } = {
  close: closing,
  open: opening,
  fillHoles,
  minArea: removeSmall,
  erode,
  dilate,
  smooth: smoothing,
};
export const morphologyOptions = Object.keys(operations) as (keyof MorphologyOptions)[];

/**
 * Changes the shape of the mask, in this order: close, open, fillHoles, minArea, erode, dilate,
 * smooth. For another order, use several steps. The time does not depend on radii.
 * @throws ClipSegError `invalid-argument`
 */
export function morphology(given: MorphologyOptions): PostProcessor<MorphologyOptions> {
  const options = checkOptions(given, 'morphology');
  const todo = morphologyOptions.flatMap((name) => {
    const value = options[name];
    if (value === undefined || value === false) return [];
    const number = value === true ? Number.MAX_SAFE_INTEGER : checkNumber(value, name);
    return [[operations[name], number] as const];
  });
  return definePostProcessor({
    name: 'morphology',
    options,
    apply(draft) {
      const whole = cut(draft);
      const mask = todo.reduce((mask, [operate, value]) => operate(mask, draft, value), whole.mask);
      return withMask(whole, mask);
    },
  });
}
