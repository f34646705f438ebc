import type {
  Distribution,
  MaskDraft,
  PostProcessor,
  Thresholder,
} from '../../contracts/post-processor.js';
import { aboveProbability } from '../../maps/scores.js';
import { connectedTo } from '../../raster/parts.js';
import { checkRange, listed, reading, valueIs } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { checkSpecification } from '../../util/specification.js';
import { definePostProcessor } from '../define.js';
import { distributionOf } from '../distribution.js';
import { fixed } from '../thresholders/fixed.js';
import { withMask } from './draft.js';

function cutBy(method: Thresholder, draft: MaskDraft): MaskDraft {
  const { label, scores } = draft;
  let counted: Distribution | undefined;
  const distribution = (): Distribution => {
    counted ??= distributionOf(scores);
    return counted;
  };
  const level = method.level({ label, scores, distribution });
  const { low, high } = typeof level === 'object' && level ? level : { low: level, high: level };
  checkRange(low, `The threshold of ${listed([method.name])}`);
  checkRange(high, `The higher threshold of ${listed([method.name])}`, low);
  let mask = aboveProbability(scores, low);
  if (high > low) mask = connectedTo(mask, aboveProbability(scores, high), scores);
  return { ...withMask(draft, mask), threshold: low };
}

const isThresholder = (method: unknown): method is Thresholder =>
  reading('threshold', () => typeof (method as Partial<Thresholder> | null)?.level === 'function');

/**
 * Cuts the scores at a probability, at source size.
 * @param method a probability, or a thresholder. Default 0.5
 * @throws ClipSegError `invalid-argument`
 */
export function threshold(
  method: number | Thresholder = 0.5,
): PostProcessor<{ readonly method: Thresholder }> {
  const own = typeof method === 'number' ? fixed({ value: method }) : method;
  if (!isThresholder(own)) {
    const form =
      typeof own === 'string' && own !== '' && Number(own) >= 0 ? `; write ${Number(own)}` : '';
    const message = `threshold is ${valueIs(own)}, not a number or a thresholder${form}.`;
    throw new ClipSegError('invalid-argument', message);
  }
  checkSpecification(own, 'thresholder');
  return definePostProcessor({
    name: 'threshold',
    options: { method: own },
    apply: (draft) => cutBy(own, draft),
  });
}
