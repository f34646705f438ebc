/** Inputs of one target, for a child. */
export interface Task {
  readonly target: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Inputs that ended a child before. */
  readonly skip: readonly number[];
}

export interface Finding {
  readonly target: string;
  readonly index: number;
  readonly kind: 'untyped' | 'slow' | 'memory' | 'died';
  readonly what: string;
}

/** What came of inputs since the last report. */
export interface Report {
  /** The next input. */
  readonly next: number;
  readonly accepted: number;
  readonly refused: number;
  readonly findings: readonly Finding[];
  readonly slowest: number;
  /** Bytes by which the process's peak grew in one input. */
  readonly largest: number;
  readonly done: boolean;
}

/**
 * Where a child is: the number of its input. A file, since a child that hangs or dies tells
 * nothing.
 */
export const PLACE_BYTES = 16;
