/** State shared by all commands. */
export interface Context {
  /** Aborted by Ctrl-C; a second Ctrl-C ends the process at once. */
  readonly signal: AbortSignal;
  /** Whether errors are printed with their stack. */
  readonly debug: boolean;
}
