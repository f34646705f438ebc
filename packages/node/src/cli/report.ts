import { ClipSegError } from '@clipseg/core';
import { printable, printableText } from './print.js';

/** Incorrect use of the command line: exit code 2. */
export class UsageError extends Error {}

/** Prints an error on stderr, with --debug also its stack, and returns the exit code. */
export function reportError(
  error: unknown,
  { debug, interrupted = false }: { debug: boolean; interrupted?: boolean },
): number {
  const known = error instanceof UsageError || ClipSegError.isInstance(error);
  const message = error instanceof Error ? error.message : String(error);
  const line = known ? message : `unexpected error: ${message} (--debug shows the stack)`;
  // One line, except for prompt errors, which point at a position with a caret.
  const hasCaret = ClipSegError.isInstance(error) && error.code === 'invalid-prompt';
  const shown = hasCaret ? line : line.replace(/\s*\n\s*/g, ' ');
  process.stderr.write(`clipseg: ${printableText(shown)}\n`);
  if (debug && error instanceof Error) {
    for (let e: unknown = error; e instanceof Error; e = e.cause) {
      process.stderr.write(`${printableText(String(e.stack))}\n`);
    }
  }
  if (interrupted) return 130;
  return error instanceof UsageError ? 2 : 1;
}

/** Prints a line for people on stderr; stdout is for results. */
export const say = (line: string): void => {
  process.stderr.write(`${printable(line)}\n`);
};
