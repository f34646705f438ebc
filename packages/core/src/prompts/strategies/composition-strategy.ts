import type { CompositeStrategy } from '../../contracts/prompt-strategy.js';
import { type CompositionPrompt, isComposition } from '../composition/builders.js';
import { promptName } from '../prompt-name.js';

/** Prompts combined by `and`, `or`, `not`, `minus`, `sum`, `mean` or the text form. */
export function composition(): CompositeStrategy<CompositionPrompt> {
  return {
    name: 'composition',
    accepts: isComposition,
    label: promptName,
    compose: ({ compose }) => compose,
  };
}
