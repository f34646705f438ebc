import { ClipSegError } from '@clipseg/core';

const hints: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space or choose another folder.',
  EDQUOT: 'Your quota on this disk is exhausted: free some space or choose another folder.',
  EACCES: 'No permission to write there: change its permissions, or choose another folder.',
  EPERM: 'Writing there is not permitted: change its permissions, or choose another folder.',
  EROFS: 'That file system is read-only: choose another folder.',
  ENOENT: 'Its folder does not exist or has just been removed.',
  ENOTDIR: 'A part of the path is a file, not a folder: choose another path.',
  EISDIR: 'It is a folder, not a file: choose another name.',
  EEXIST: 'Something else has that name: choose another name.',
  ENAMETOOLONG: 'The name is too long for the file system: choose a shorter one.',
  EMFILE: 'This process has too many files open: close some, or raise the limit (ulimit -n).',
  ENFILE: 'The system has too many files open.',
  EFBIG: 'The file is too large for the file system: choose another folder.',
  EBUSY: 'Another program is using it: close that first.',
  EIO: 'The disk reports a fault: choose another disk.',
};

/** Advice for a system call that failed with `code`. */
const hintOf = (code: string): string =>
  Object.hasOwn(hints, code) ? hints[code]! : 'Check that the folder exists and is writable.';

/** Converts file system errors to `io` with advice; returns other errors unchanged. */
export function asIoError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (ClipSegError.isInstance(error) || typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) {
    return error;
  }
  return new ClipSegError('io', `Cannot write ${path} (${code}). ${hintOf(code)}`, {
    cause: error,
  });
}
