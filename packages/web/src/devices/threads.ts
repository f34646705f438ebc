import { ClipSegError } from '@clipseg/core';
import { showValue } from '@clipseg/core/internal';

export interface Threads {
  readonly count: number;
  /** What to do if more than one thread would be possible. */
  readonly advice?: string;
}

const ADVICE =
  'WASM runs on one thread, because the page is not cross-origin isolated. Serve it with the headers ' +
  'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp (or ' +
  'credentialless) to use all cores. Instructions: docs/browser.md, "Headers".';

/** All logical cores up to 4, then about the physical ones: more threads gain nothing. */
const automatic = (logical: number): number =>
  logical <= 4 ? Math.max(1, logical) : Math.min(8, Math.ceil(logical / 2));

/**
 * Returns the number of threads that WASM may use here.
 * @throws ClipSegError `invalid-argument`
 */
export function threadsFor(wanted: number | undefined): Threads {
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1)) {
    throw new ClipSegError(
      'invalid-argument',
      `threads is ${showValue(wanted)}; use a whole number of at least 1.`,
    );
  }
  const count = wanted ?? automatic(globalThis.navigator?.hardwareConcurrency ?? 1);
  if (count === 1 || globalThis.crossOriginIsolated) return { count };
  return { count: 1, advice: ADVICE };
}
