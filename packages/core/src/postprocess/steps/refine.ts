import type { PostProcessor, Refiner } from '../../contracts/post-processor.js';
import { checkScores } from '../../maps/scores.js';
import { checkFunction, checkOptions } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { checkSpecification } from '../../util/specification.js';
import { definePostProcessor } from '../define.js';
import { type GuidedOptions, guided } from '../refiners/guided.js';
import { imageOf } from './draft.js';

/**
 * Makes the scores follow the edges of the image, before they are cut. Needs the image.
 * @param refiner a refiner, or options of the default, `guided`
 * @throws ClipSegError `invalid-argument`
 */
export function refine(
  refiner: Refiner | GuidedOptions = {},
): PostProcessor<{ readonly refiner: Refiner }> {
  const given = checkOptions(refiner as GuidedOptions | Refiner, 'refine');
  if ('refine' in given) {
    checkSpecification(given, 'refiner');
    checkFunction(given.refine, 'refine');
  }
  const method = 'refine' in given ? given : guided(given);
  return definePostProcessor({
    name: 'refine',
    options: { refiner: method },
    apply(draft, context) {
      if (draft.mask) {
        throw new ClipSegError('invalid-argument', 'comes after a threshold; put it before.');
      }
      return {
        ...draft,
        scores: checkScores(method.refine(draft.scores, imageOf(context)), draft),
      };
    },
  });
}
