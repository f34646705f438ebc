import type { Composition } from '../../contracts/composition.js';
import type { CompositionPrompt } from '../../contracts/prompt.js';
import type { CompositeStrategy, LabelContext } from '../../contracts/prompt-strategy.js';
import { isComposition } from '../composition/builders.js';

const words = { and: ' AND ', or: ' OR ', sum: ' + ' };

/** Writes a composition as text, e.g. `(cat AND NOT dog)`; `compose` has checked its depth. */
function treeLabel(tree: Composition<unknown>, { labelOf }: LabelContext): string {
  if (tree.op === 'prompt') return labelOf(tree.prompt);
  const terms = tree.terms.map((one) => treeLabel(one, { labelOf }));
  if (tree.op === 'not') return `NOT ${terms[0]}`;
  if (tree.op === 'mean') return `mean(${terms.join(', ')})`;
  return `(${terms.join(words[tree.op])})`;
}

/**
 * Takes prompts that are combined by `and`, `or`, `not`, `minus`, `sum`, `mean` or the text form.
 */
export function compositionStrategy(): CompositeStrategy<CompositionPrompt> {
  return {
    specificationVersion: 1,
    name: 'composition',
    accepts: isComposition,
    label: ({ label, compose }, context) => label ?? treeLabel(compose, context),
    compose: ({ compose }) => compose,
  };
}
