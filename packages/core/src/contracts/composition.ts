/** How one term of a composition is taken. */
export interface TermOptions {
  /** Its share in a sum or mean; 1 by default. */
  readonly weight?: number;
  /** The probability that counts as a half, 0..1 both excluded; 0.5 by default. */
  readonly threshold?: number;
  /** Source pixels by which the term grows, or shrinks below 0; 0 by default. */
  readonly grow?: number;
}

/**
 * Prompts combined by their maps, as plain data. `P` is a prompt, an encoded prompt or the index of
 * a map, as the composition goes through the engine.
 */
export type Composition<P> = TermOptions &
  (
    | { readonly op: 'prompt'; readonly prompt: P }
    /** The least of the terms. */
    | { readonly op: 'and'; readonly terms: readonly Composition<P>[] }
    /** The greatest of the terms. */
    | { readonly op: 'or'; readonly terms: readonly Composition<P>[] }
    /** 1 - p. */
    | { readonly op: 'not'; readonly terms: readonly [Composition<P>] }
    /** The weighted mean of the terms' probabilities. */
    | { readonly op: 'sum'; readonly terms: readonly Composition<P>[] }
    /** The weighted mean of the terms' logits. */
    | { readonly op: 'mean'; readonly terms: readonly Composition<P>[] }
  );
