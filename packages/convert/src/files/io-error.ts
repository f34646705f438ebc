import { ClipSegError } from '@clipseg/core';

const hints: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space or choose another folder.',
  EDQUOT: 'Your quota on this disk is used up: free some space or choose another folder.',
  EACCES: 'You may not write there: change its permissions, or choose another folder.',
  EPERM: 'Writing there is not permitted: change its permissions, or choose another folder.',
  EROFS: 'That file system is read-only: choose another folder.',
  ENOENT: 'Its folder does not exist, or has just been removed.',
  ENOTDIR: 'A part of the path is a file, not a folder: choose another path.',
  EISDIR: 'It is a folder, not a file: choose another name.',
  EEXIST: 'Something else has that name: choose another one.',
  ENAMETOOLONG: 'The name is too long for the file system: choose a shorter one.',
  EMFILE: 'This process has too many files open: close some, or raise the limit (ulimit -n).',
  ENFILE: 'The system has too many files open.',
  EFBIG: 'The file system takes no file of that size: choose another folder.',
  EBUSY: 'Another program uses it: close that first.',
  EIO: 'The disk reports a fault: choose another one.',
};

/** What to do about a system call that failed with `code`. */
const hintOf = (code: string): string =>
  Object.hasOwn(hints, code) ? hints[code]! : 'Check that the folder exists and may be written to.';

/** File system errors become `io` with what to do; others pass. */
export function asIoError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (ClipSegError.isInstance(error) || typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) {
    return error;
  }
  return new ClipSegError('io', `Cannot write ${path} (${code}). ${hintOf(code)}`, {
    cause: error,
  });
}
