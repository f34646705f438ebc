import { ClipSegError } from '@clipseg/core';

export interface Threads {
  readonly count: number;
  /** What to do where there could be more than one. */
  readonly advice?: string;
}

const ADVICE =
  'WASM runs on one thread, since the page is not cross-origin isolated. Serve it with the headers ' +
  'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp (or ' +
  'credentialless) to use all cores. Recipes: docs/browser.md, "Headers".';

/**
 * Logical cores of small machines, about the physical ones of larger: more threads gain nothing.
 */
const automatic = (logical: number): number =>
  logical <= 4 ? Math.max(1, logical) : Math.min(8, Math.ceil(logical / 2));

/**
 * Threads that WASM may use here.
 * @throws ClipSegError `invalid-argument`
 */
export function threadsFor(wanted: number | undefined): Threads {
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1)) {
    throw new ClipSegError('invalid-argument', `threads is ${wanted}, not a whole number from 1.`);
  }
  const count = wanted ?? automatic(globalThis.navigator?.hardwareConcurrency ?? 1);
  if (count === 1 || globalThis.crossOriginIsolated) return { count };
  return { count: 1, advice: ADVICE };
}
