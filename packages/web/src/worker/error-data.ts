import { ClipSegError } from '@clipseg/core';
import type { ErrorData } from './protocol.js';

/** Converts a thrown value to data that can be sent. */
export function errorData(error: unknown): ErrorData {
  const { message, stack } = (error ?? {}) as Partial<Error>;
  return {
    code: ClipSegError.isInstance(error) ? error.code : undefined,
    message: typeof message === 'string' ? message : 'Something other than an error was thrown.',
    stack: typeof stack === 'string' ? stack : undefined,
  };
}

/** Restores the error, with the stack of the place where it was thrown. */
export function revivedError({ code, message, stack }: ErrorData): Error {
  const error = code ? new ClipSegError(code, message) : new Error(message);
  if (stack) error.stack = stack;
  return error;
}
