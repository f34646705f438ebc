import { ClipSegError } from '@clipseg/core';

export function invalid(path: string, what: string, cause?: unknown): never {
  throw new ClipSegError('invalid-checkpoint', `${path}: ${what}.`, { cause });
}
