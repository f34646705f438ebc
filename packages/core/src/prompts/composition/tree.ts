import type { Composition, TermOptions } from '../../contracts/composition.js';
import { reading, valueIs } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { isRecord } from '../../util/json.js';
import { showValue } from '../../util/show-value.js';

export const MAX_DEPTH = 32;
export const MAX_TERMS = 256;
const MAX_GROW = 256;
const OPERATIONS = ['and', 'or', 'not', 'sum', 'mean'];

function fail(what: string): never {
  throw new ClipSegError('invalid-prompt', `A composition ${what}.`);
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

function checkOptions({ weight, threshold, grow }: Record<string, unknown>): void {
  if (
    weight !== undefined &&
    !(isNumber(weight) && weight > 0 && weight < Number.POSITIVE_INFINITY)
  ) {
    fail(`has a weight of ${valueIs(weight)}, not above 0`);
  }
  if (threshold !== undefined && !(isNumber(threshold) && threshold > 0 && threshold < 1)) {
    fail(`has a threshold of ${valueIs(threshold)}, not between 0 and 1`);
  }
  if (
    grow !== undefined &&
    !(isNumber(grow) && Number.isInteger(grow) && Math.abs(grow) <= MAX_GROW)
  ) {
    fail(`grows by ${valueIs(grow)}, not by whole pixels up to ${MAX_GROW}`);
  }
}

type Leaf<P> = TermOptions & { readonly op: 'prompt'; readonly prompt: P };

/**
 * Replaces the leaves of a composition, in order. It also checks the composition, which may come
 * from outside.
 * @throws ClipSegError `invalid-prompt`
 */
export function replaceLeaves<A, B>(
  tree: Composition<A>,
  change: (leaf: Leaf<A>) => Composition<B>,
): Composition<B> {
  let count = 0;
  const walk = (node: unknown, depth: number): Composition<B> => {
    if (!isRecord(node)) return fail('holds a term that is no object');
    if (depth > MAX_DEPTH) fail(`is more than ${MAX_DEPTH} deep`);
    if (++count > MAX_TERMS) fail(`has more than ${MAX_TERMS} terms`);
    checkOptions(node);
    const { op, terms } = node;
    if (op === 'prompt') return change(node as unknown as Leaf<A>);
    if (!OPERATIONS.includes(op as string)) {
      return fail(`has the operation ${showValue(op)}, not prompt, ${OPERATIONS.join(', ')}`);
    }
    if (!Array.isArray(terms) || terms.length < 1 || (op === 'not' && terms.length !== 1)) {
      return fail(
        `has ${op === 'not' ? 'a not of other than one term' : `an ${op} without terms`}`,
      );
    }
    return { ...node, terms: terms.map((term) => walk(term, depth + 1)) } as never;
  };
  return reading('A composition', () => walk(tree, 1));
}

export const mapLeaves = <A, B>(tree: Composition<A>, change: (leaf: A) => B): Composition<B> =>
  replaceLeaves(tree, (leaf) => ({ ...leaf, prompt: change(leaf.prompt) }));

export function leavesOf<P>(tree: Composition<P>): P[] {
  const leaves: P[] = [];
  mapLeaves(tree, (leaf) => leaves.push(leaf));
  return leaves;
}

const isPlain = ({ weight, threshold, grow }: TermOptions): boolean =>
  weight === undefined && threshold === undefined && grow === undefined;

/** Puts a composition in the place of a leaf, and keeps the options of the leaf. */
export function inPlaceOf<P>(leaf: TermOptions, tree: Composition<P>): Composition<P> {
  const { weight, threshold, grow } = leaf;
  return isPlain(leaf) ? tree : { op: 'and', terms: [tree], weight, threshold, grow };
}
