import { ClipSegError } from '@clipseg/core';
import { printable, printableText } from './print.js';

/** Wrong use of the command line: exit code 2. */
export class UsageError extends Error {}

/** Prints what went wrong on stderr (the stack too with --debug) and gives the exit code. */
export function reportError(
  error: unknown,
  { debug, interrupted = false }: { debug: boolean; interrupted?: boolean },
): number {
  const known = error instanceof UsageError || ClipSegError.isInstance(error);
  const message = error instanceof Error ? error.message : String(error);
  const line = known ? message : `unexpected error: ${message} (--debug shows the stack)`;
  // One line, unless the others point into a prompt with a caret.
  const pointing = ClipSegError.isInstance(error) && error.code === 'invalid-prompt';
  const shown = pointing ? line : line.replace(/\s*\n\s*/g, ' ');
  process.stderr.write(`clipseg: ${printableText(shown)}\n`);
  if (debug && error instanceof Error) {
    for (let e: unknown = error; e instanceof Error; e = e.cause) {
      process.stderr.write(`${printableText(String(e.stack))}\n`);
    }
  }
  if (interrupted) return 130;
  return error instanceof UsageError ? 2 : 1;
}

/** A line for people: never on stdout, which belongs to results. */
export const say = (line: string): void => {
  process.stderr.write(`${printable(line)}\n`);
};
