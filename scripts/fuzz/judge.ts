import { ClipSegError } from '@clipseg/core';
import type { Target } from './target.js';

export const LIMITS = { seconds: 5, megabytes: 500, message: 1000 } as const;

/** Outcome of one input. */
export interface Outcome {
  readonly kind: 'accepted' | 'refused' | 'untyped';
  /** Description, if `kind` is untyped. */
  readonly what?: string;
}

// Control characters and marks that reverse the text direction; messages may have line ends.
// biome-ignore lint/suspicious/noControlCharactersInRegex: to find them
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/;

const stackOf = (error: Error): string => (error.stack ?? '').split('\n').slice(0, 6).join('\n');

function describe(error: unknown): string {
  if (error instanceof Error) return stackOf(error) || `${error.name}: ${error.message}`;
  return `thrown: ${typeof error}`;
}

/** Checks that an error refuses an input properly. */
export function judgeError(
  error: unknown,
  { refuses, shown = (message) => message }: Pick<Target, 'refuses' | 'shown'>,
): Outcome {
  if (!ClipSegError.isInstance(error) && !refuses?.(error)) {
    return { kind: 'untyped', what: describe(error) };
  }
  const { message: raw } = error as Error;
  if (typeof raw !== 'string') return { kind: 'untyped', what: 'its message is not a text' };
  const message = shown(raw);
  if (message.length >= LIMITS.message) {
    const start = stackOf(error as Error).slice(0, 300);
    return { kind: 'untyped', what: `its message has ${message.length} characters: ${start}` };
  }
  const control = CONTROLS.exec(message);
  if (control) {
    const what = `its message contains ${JSON.stringify(control[0])}: ${JSON.stringify(message)}`;
    return { kind: 'untyped', what: `${what}\n${stackOf(error as Error)}` };
  }
  return { kind: 'refused' };
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  value instanceof Promise || (typeof value === 'object' && value !== null && 'then' in value);

/**
 * Runs a target on an input. Sync if the target is, as awaiting every input would halve the speed.
 */
export function judge(target: Target, input: unknown): Outcome | Promise<Outcome> {
  try {
    const result = target.run(input);
    if (!isThenable(result)) return { kind: 'accepted' };
    return Promise.resolve(result).then(
      () => ({ kind: 'accepted' as const }),
      (error) => judgeError(error, target),
    );
  } catch (error) {
    return judgeError(error, target);
  }
}
