import { ClipSegError } from '@clipseg/core';

export interface Output {
  /** Whether the reader closed stdout, which is not a failure. */
  readonly closed: boolean;
  /** Why writing to stdout failed. */
  readonly error: ClipSegError | undefined;
}

/**
 * Watches the standard streams. `clipseg ... --json | head` closes stdout early: the command then
 * stops as after Ctrl-C, so that no file is left half-written. A closed stderr is ignored.
 */
export function watchOutput(abort: (reason: Error) => void): Output {
  const output: { closed: boolean; error: ClipSegError | undefined } = {
    closed: false,
    error: undefined,
  };
  process.stderr.on('error', () => {}); // nowhere left to report it
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE') output.closed = true;
    else {
      const message = `Standard output cannot be written to: ${cause.message}.`;
      output.error = new ClipSegError('io', message, { cause });
    }
    abort(output.error ?? new Error('standard output was closed'));
  });
  return output;
}
