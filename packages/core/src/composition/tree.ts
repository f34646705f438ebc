import type { Composition } from '../contracts/composition.js';
import { ClipSegError } from '../errors.js';
import { isRecord } from '../json.js';

export const MAX_DEPTH = 32;
const MAX_TERMS = 256;
const MAX_GROW = 256;

function fail(what: string): never {
  throw new ClipSegError('invalid-prompt', `A composition ${what}.`);
}

function checkOptions({ weight, threshold, grow }: Record<string, unknown>): void {
  if (weight !== undefined && !(Number.isFinite(weight) && Number(weight) > 0)) {
    fail(`has a weight of ${weight}, not above 0`);
  }
  if (threshold !== undefined && !(Number(threshold) > 0 && Number(threshold) < 1)) {
    fail(`has a threshold of ${threshold}, not between 0 and 1`);
  }
  if (grow !== undefined && !(Number.isInteger(grow) && Math.abs(Number(grow)) <= MAX_GROW)) {
    fail(`grows by ${grow}, not by whole pixels up to ${MAX_GROW}`);
  }
}

/**
 * The composition with its leaves replaced, in order; checks it on the way, since it may come from
 * anywhere.
 * @throws ClipSegError `invalid-prompt`
 */
export function mapLeaves<A, B>(tree: Composition<A>, change: (leaf: A) => B): Composition<B> {
  let count = 0;
  const walk = (node: unknown, depth: number): Composition<B> => {
    if (!isRecord(node)) return fail('holds a term that is no object');
    if (depth > MAX_DEPTH) fail(`is more than ${MAX_DEPTH} deep`);
    if (++count > MAX_TERMS) fail(`has more than ${MAX_TERMS} terms`);
    checkOptions(node);
    const { op, terms } = node;
    if (op === 'prompt') return { ...node, op, prompt: change(node.prompt as A) };
    if (op !== 'and' && op !== 'or' && op !== 'not' && op !== 'sum') {
      return fail(`has the operation ${JSON.stringify(op)}, not prompt, and, or, not or sum`);
    }
    if (!Array.isArray(terms) || terms.length < 1 || (op === 'not' && terms.length !== 1)) {
      return fail(
        `has ${op === 'not' ? 'a not of other than one term' : `an ${op} without terms`}`,
      );
    }
    return { ...node, op, terms: terms.map((term) => walk(term, depth + 1)) } as Composition<B>;
  };
  return walk(tree, 1);
}

export function leavesOf<P>(tree: Composition<P>): P[] {
  const leaves: P[] = [];
  mapLeaves(tree, (leaf) => leaves.push(leaf));
  return leaves;
}
