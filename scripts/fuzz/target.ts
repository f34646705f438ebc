import type { Random } from './random.js';

/** A parser of outside input, with a generator of inputs. */
export interface Target<Input = unknown> {
  /** Unique name, for `--target`. */
  readonly name: string;
  /** Source files below `packages/` whose parsers this target covers. */
  readonly covers: readonly string[];
  /** Share of the inputs relative to other targets. Default 1. */
  readonly weight?: number;
  /** Makes an input, determined by the state of `random`. */
  readonly input: (random: Random) => Input;
  /**
   * Parses an input. Throws `Broken` if the result violates a promise.
   * @returns anything; a promise is awaited
   */
  readonly run: (input: Input) => unknown;
  /** Recognizes other errors than ClipSegError that refuse an input, e.g. of the command line. */
  readonly refuses?: (error: unknown) => boolean;
  /** Makes the text that people see. Default: the message. */
  readonly shown?: (message: string) => string;
}

/** Error for a result that violates a promise of the parser. */
class Broken extends Error {
  override readonly name = 'Broken';
}

/** @throws Broken if `holds` is false */
export function promise(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Broken(what);
}

/** Checks that `input` and `run` have the same type, which a list of targets loses. */
export const target = <Input>(own: Target<Input>): Target => own as unknown as Target;
