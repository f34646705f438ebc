import { ClipSegError } from '@clipseg/core';

export interface Output {
  /** Whoever read stdout has had enough: no failure. */
  readonly closed: boolean;
  /** Why stdout takes nothing more. */
  readonly error: ClipSegError | undefined;
}

/**
 * Watches the standard streams. `clipseg ... --json | head` closes stdout early: the command then
 * stops, as after Ctrl-C, so that it leaves nothing half-written. Without stderr it goes on.
 */
export function watchOutput(abort: (reason: Error) => void): Output {
  const output: { closed: boolean; error: ClipSegError | undefined } = {
    closed: false,
    error: undefined,
  };
  process.stderr.on('error', () => {}); // nobody is left to be told
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE') output.closed = true;
    else {
      const message = `Standard output takes nothing more: ${cause.message}.`;
      output.error = new ClipSegError('io', message, { cause });
    }
    abort(output.error ?? new Error('standard output was closed'));
  });
  return output;
}
