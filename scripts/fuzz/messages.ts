/** Inputs of one target for a child to run. */
export interface Task {
  readonly target: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Inputs that have ended a child. */
  readonly skip: readonly number[];
}

export interface Finding {
  readonly target: string;
  readonly index: number;
  readonly kind: 'untyped' | 'slow' | 'memory' | 'died';
  readonly what: string;
}

/** Outcomes since the last report. */
export interface Report {
  /** Number of the next input. */
  readonly next: number;
  readonly accepted: number;
  readonly refused: number;
  readonly findings: readonly Finding[];
  readonly slowest: number;
  /** Largest growth of the process's peak memory by one input, in bytes. */
  readonly largest: number;
  readonly done: boolean;
}

/**
 * Size of the file with the number of a child's input. A file, as a child that hangs or dies cannot
 * send messages.
 */
export const PLACE_BYTES = 16;
