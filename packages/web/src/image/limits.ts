import { ClipSegError } from '@clipseg/core';
import { inTime } from '@clipseg/core/internal';
import type { DecodeLimits } from '@clipseg/core/model';

export interface DecodeImageOptions extends DecodeLimits {
  readonly signal?: AbortSignal;
}

export type Limits = Required<DecodeLimits> & Pick<DecodeImageOptions, 'signal'>;

export function invalid(what: string, cause?: unknown): ClipSegError {
  return new ClipSegError('invalid-image', what, { cause });
}

/** @throws ClipSegError `invalid-image` */
export function checkPixels(
  [width, height]: readonly [number, number],
  name: string,
  { maxPixels }: Limits,
): void {
  if (width * height <= maxPixels) return;
  throw invalid(
    `${name} has ${width} x ${height} pixels, more than ${maxPixels} (maxPixels); scale it down.`,
  );
}

export const tooLarge = (name: string, { maxBytes }: Limits): ClipSegError =>
  invalid(`${name} has more than ${maxBytes} bytes (maxBytes).`);

/** Waits for a result in time; a bitmap that arrives later is closed. */
export async function madeInTime<T>(work: Promise<T>, name: string, limits: Limits): Promise<T> {
  const { signal, decodeTimeoutMs: timeoutMs } = limits;
  const late = () =>
    invalid(`${name} cannot be decoded within ${timeoutMs} ms (decodeTimeoutMs sets the limit).`);
  try {
    return await inTime(work, { signal, timeoutMs, late });
  } catch (error) {
    work.then((made) => (made as { close?(): void })?.close?.()).catch(() => {});
    throw error;
  }
}
