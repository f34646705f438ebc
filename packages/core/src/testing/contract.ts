import { ClipSegError, type ClipSegErrorCode } from '../util/errors.js';

/**
 * A requirement of a contract, for any test runner:
 * `for (const { name, run } of testBackend({ backend })) it(name, run);`
 */
export interface ContractCase {
  readonly name: string;
  /** Rejects with an Error that says what it expected. */
  run(): Promise<void>;
}

export function expect(ok: unknown, what: string): asserts ok {
  if (!ok) throw new Error(`Contract: ${what}.`);
}

export const sameNumbers = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 0): boolean =>
  a.length === b.length && Array.from(a).every((value, i) => Math.abs(value - b[i]!) <= tolerance);

export async function expectError(
  code: ClipSegErrorCode,
  call: () => Promise<unknown>,
  what: string,
): Promise<void> {
  const error = await call().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error !== undefined, `${what} is refused`);
  const got = ClipSegError.isInstance(error) ? error.code : String(error);
  expect(got === code, `${what} rejects with a ClipSegError of code ${code}, not ${got}`);
}
