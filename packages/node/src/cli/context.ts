/** What every command is given. */
export interface Context {
  /** Ctrl-C fires it; a second Ctrl-C ends the process at once. */
  readonly signal: AbortSignal;
  /** Errors show their stack. */
  readonly debug: boolean;
}
