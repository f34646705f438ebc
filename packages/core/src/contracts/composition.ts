/** Options of one term of a composition. */
export interface TermOptions {
  /** Weight in a sum or mean; 1 by default. */
  readonly weight?: number;
  /** The probability that counts as 0.5, between 0 and 1 exclusive; 0.5 by default. */
  readonly threshold?: number;
  /** Source pixels by which the term grows; negative numbers shrink it. 0 by default. */
  readonly grow?: number;
}

/**
 * A combination of prompts by their maps, as plain data. `P` is first a prompt, then an encoded
 * prompt, then the index of a map.
 */
export type Composition<P> = TermOptions &
  (
    | { readonly op: 'prompt'; readonly prompt: P }
    /** The minimum of the terms. */
    | { readonly op: 'and'; readonly terms: readonly Composition<P>[] }
    /** The maximum of the terms. */
    | { readonly op: 'or'; readonly terms: readonly Composition<P>[] }
    /** 1 - p. */
    | { readonly op: 'not'; readonly terms: readonly [Composition<P>] }
    /** The weighted mean of the terms' probabilities. */
    | { readonly op: 'sum'; readonly terms: readonly Composition<P>[] }
    /** The weighted mean of the terms' logits. */
    | { readonly op: 'mean'; readonly terms: readonly Composition<P>[] }
  );
