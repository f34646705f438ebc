import type { CallOptions } from '../contracts/clip-seg.js';
import { ClipSegError } from './errors.js';

/**
 * For typing and dragging: only the last of many calls counts. While one runs, the next waits, and
 * a newer one takes its place; the one that runs is told to stop. Whatever was overtaken rejects
 * with `aborted`.
 *
 * `const ask = latest((text, { signal }) => clipSeg.segment(image, text, { signal }))`
 */
export function latest<Input, Result>(
  run: (input: Input, options: { signal: AbortSignal }) => Promise<Result>,
): (input: Input, options?: CallOptions) => Promise<Result> {
  let running: Promise<void> | undefined;
  let newest: AbortController | undefined;
  return async (input, { signal } = {}) => {
    const overtaken = new ClipSegError('aborted', 'A newer call took the place of this one.');
    newest?.abort(overtaken);
    const own = new AbortController();
    newest = own;
    const both = signal ? AbortSignal.any([own.signal, signal]) : own.signal;
    while (running) {
      await running;
      if (own.signal.aborted) throw overtaken;
    }
    const result = run(input, { signal: both });
    running = result.then(
      () => {},
      () => {}, // its caller has the error
    );
    running.then(() => {
      running = undefined;
    });
    const value = await result;
    if (own.signal.aborted) throw overtaken;
    return value;
  };
}
