import type { Composition } from '../../contracts/composition.js';
import type { CompositionPrompt } from '../../contracts/prompt.js';
import type { CompositeStrategy, LabelContext } from '../../contracts/prompt-strategy.js';
import { isComposition } from '../composition/builders.js';

const words = { and: ' AND ', or: ' OR ', sum: ' + ' };

/** A composition as text, e.g. `(cat AND NOT dog)`; its depth was checked by `compose`. */
function treeLabel(tree: Composition<unknown>, { labelOf }: LabelContext): string {
  if (tree.op === 'prompt') return labelOf(tree.prompt);
  const terms = tree.terms.map((one) => treeLabel(one, { labelOf }));
  if (tree.op === 'not') return `NOT ${terms[0]}`;
  if (tree.op === 'mean') return `mean(${terms.join(', ')})`;
  return `(${terms.join(words[tree.op])})`;
}

/** Prompts combined by `and`, `or`, `not`, `minus`, `sum`, `mean` or the text form. */
export function compositionStrategy(): CompositeStrategy<CompositionPrompt> {
  return {
    specificationVersion: 1,
    name: 'composition',
    accepts: isComposition,
    label: ({ label, compose }, context) => label ?? treeLabel(compose, context),
    compose: ({ compose }) => compose,
  };
}
