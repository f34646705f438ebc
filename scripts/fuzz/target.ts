import type { Random } from './random.js';

/** A parser of what comes from outside, and what it is given. */
export interface Target<Input = unknown> {
  /** Unique; what `--target` takes. */
  readonly name: string;
  /** Source files below `packages/` whose parsers this target reaches. */
  readonly covers: readonly string[];
  /** How large a part of all inputs it gets, compared with others. Default 1. */
  readonly weight?: number;
  /** One input: the same for the same state of `random`. */
  readonly input: (random: Random) => Input;
  /**
   * Parses it. Throws `Broken` where the result breaks a promise.
   * @returns anything; a promise is awaited
   */
  readonly run: (input: Input) => unknown;
  /** Errors that refuse an input besides ClipSegError: those of the command line's parser. */
  readonly refuses?: (error: unknown) => boolean;
  /** What people see of a message; the message itself by default. */
  readonly shown?: (message: string) => string;
}

/** A result that is not what the parser promises. */
class Broken extends Error {
  override readonly name = 'Broken';
}

/** @throws Broken unless it holds */
export function promise(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Broken(what);
}

/** Keeps the type of the input between `input` and `run`, which a list of targets forgets. */
export const target = <Input>(own: Target<Input>): Target => own as unknown as Target;
