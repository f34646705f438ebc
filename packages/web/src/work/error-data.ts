import { ClipSegError } from '@clipseg/core';
import type { ErrorData } from './protocol.js';

export function errorData(error: unknown): ErrorData {
  const { message = String(error), stack } = (error ?? {}) as Partial<Error>;
  return { code: ClipSegError.isInstance(error) ? error.code : undefined, message, stack };
}

/** The error again, with the stack of the place where it was thrown. */
export function revivedError({ code, message, stack }: ErrorData): Error {
  const error = code ? new ClipSegError(code, message) : new Error(message);
  if (stack) error.stack = stack;
  return error;
}
