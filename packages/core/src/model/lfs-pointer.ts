import { ClipSegError, type ClipSegErrorCode } from '../util/errors.js';

const START = 'version https://git-lfs.github.com/spec/';

/**
 * Refuses a Git LFS pointer: the few lines that a clone without Git LFS has instead of a large
 * file.
 * @param content the file, or its first bytes
 * @throws ClipSegError `code` if it is a pointer
 */
export function checkLfsPointer(
  content: Uint8Array | string,
  path: string,
  code: ClipSegErrorCode,
): void {
  const start =
    typeof content === 'string'
      ? content.slice(0, START.length)
      : new TextDecoder().decode(content.subarray(0, START.length));
  if (start !== START) return;
  throw new ClipSegError(
    code,
    `${path} is a Git LFS pointer, not the file: git lfs pull (in its folder) fetches it.`,
  );
}
