import type { PostProcessor, Refiner } from '../../contracts/post-processor.js';
import { ClipSegError } from '../../errors.js';
import { type GuidedOptions, guided } from '../refiners.js';
import { imageOf } from './draft.js';

/**
 * Makes the scores follow the picture's edges, before they are cut. Needs the picture.
 * @param refiner or the options of `guided`, which is the default
 * @throws ClipSegError `invalid-argument`
 */
export function refine(
  refiner: Refiner | GuidedOptions = {},
): PostProcessor & { readonly refiner: Refiner } {
  const own = 'refine' in refiner ? refiner : guided(refiner);
  return {
    name: 'refine',
    refiner: own,
    apply(draft, context) {
      if (draft.mask) {
        throw new ClipSegError('invalid-argument', 'comes after a threshold; put it before.');
      }
      return { ...draft, scores: own.refine(draft.scores, imageOf(context)) };
    },
  };
}
