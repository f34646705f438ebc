import type { CallOptions } from '../contracts/clip-seg.js';
import { ClipSegError } from './errors.js';

/**
 * Keeps only the last of many calls, for typing and dragging. A call waits while another runs,
 * which is aborted; a newer call replaces the waiting one. Replaced calls reject with `aborted`.
 *
 * `const ask = latest((text, { signal }) => clipSeg.segment(image, text, { signal }))`
 */
export function latest<Input, Result>(
  run: (input: Input, options: { signal: AbortSignal }) => Promise<Result>,
): (input: Input, options?: CallOptions) => Promise<Result> {
  let running: Promise<void> | undefined;
  let newest: AbortController | undefined;
  return async (input, { signal } = {}) => {
    const overtaken = new ClipSegError('aborted', 'A newer call replaced this one.');
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
