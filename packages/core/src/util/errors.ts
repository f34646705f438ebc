/** The kind of an error, for programs. The message is for people: which input, and what to do. */
export type ClipSegErrorCode =
  | 'invalid-argument' // an option or a value of the wrong type or range
  | 'invalid-image' // bytes that are no picture, a picture of 0 or too many pixels
  | 'invalid-prompt' // empty, too long, not finite, or of a type no strategy accepts
  | 'invalid-config' // config.json, preprocessor_config.json or tokenizer files
  | 'invalid-checkpoint' // truncated, hostile, missing or unused weights
  | 'invalid-model' // clipseg.json or its graphs: absent, changed, of another format version
  | 'not-found' // a file, folder or hub repository that is not there
  | 'network' // a download failed, or offline mode forbids it
  | 'io' // a disk that is full or not writable
  | 'backend' // the runtime refused a graph or failed while running it
  | 'self-check' // a device computes wrongly
  | 'aborted' // an AbortSignal fired
  | 'disposed'; // used after dispose()

const marker = Symbol.for('clipseg.error');

/** The error that this library throws. Test for it with `ClipSegError.isInstance(error)`. */
export class ClipSegError extends Error {
  override readonly name = 'ClipSegError';
  readonly code: ClipSegErrorCode;
  readonly [marker] = true;

  constructor(code: ClipSegErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** Works across copies of the library and realms, where `instanceof` does not. */
  static isInstance(error: unknown): error is ClipSegError {
    return typeof error === 'object' && error !== null && marker in error;
  }
}

/** Throws `aborted`, with the signal's reason as cause, if the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new ClipSegError('aborted', 'The operation was aborted.', { cause: signal.reason });
  }
}
