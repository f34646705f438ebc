import type { PostProcessor, Refiner } from '../../contracts/post-processor.js';
import { checkScores } from '../../maps/scores.js';
import { checkFunction, checkOptions } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
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
  const given = checkOptions(refiner as GuidedOptions | Refiner, 'refine');
  const own = 'refine' in given ? (refiner as Refiner) : guided(given);
  if ('refine' in given) checkFunction(given.refine, 'refine');
  return {
    name: 'refine',
    refiner: own,
    apply(draft, context) {
      if (draft.mask) {
        throw new ClipSegError('invalid-argument', 'comes after a threshold; put it before.');
      }
      return { ...draft, scores: checkScores(own.refine(draft.scores, imageOf(context)), draft) };
    },
  };
}
