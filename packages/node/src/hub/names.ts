import { ClipSegError } from '@clipseg/core';
import { showValue } from '@clipseg/core/internal';
import { HttpError } from '../http/http-error.js';

// Checks names from a server or user before they become paths. A name that passes has no separators
// except single slashes, no "..", and no characters that any file system treats specially.

const COMMIT = /^[0-9a-f]{40}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: to refuse them
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\\:*?"<>|\ufffe\uffff]/;
const MAX_SEGMENT_BYTES = 200;
const MAX_SEGMENTS = 8;

export const isCommit = (text: unknown): text is string =>
  typeof text === 'string' && COMMIT.test(text);

/** Tells whether `text` is a blob's name: a git hash (small files) or a SHA-256 (large files). */
export const isOid = (text: unknown): text is string =>
  isCommit(text) || (typeof text === 'string' && SHA256.test(text));

const isSegment = (segment: string): boolean =>
  segment !== '' &&
  !/^\.+$|[. ]$/.test(segment) &&
  !UNSAFE.test(segment) &&
  !RESERVED.test(segment) &&
  !/\p{Surrogate}/u.test(segment) &&
  Buffer.byteLength(segment) <= MAX_SEGMENT_BYTES;

/** Tells whether `path` is a relative path that is valid on every file system. */
export function isSafePath(path: unknown): path is string {
  if (typeof path !== 'string' || path.length > MAX_SEGMENTS * MAX_SEGMENT_BYTES) return false;
  const segments = path.split('/');
  return segments.length <= MAX_SEGMENTS && segments.every(isSegment);
}

/** Tells whether `path` is impossible in git, so that its server must be hostile. */
export const isHostilePath = (path: unknown): boolean =>
  typeof path !== 'string' ||
  path.length > 4096 ||
  path.includes('\0') ||
  path.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');

/** @throws ClipSegError `invalid-argument` for an invalid revision */
export function checkRevision(revision: unknown): string {
  if (isSafePath(revision)) return revision;
  const message = `revision is ${showValue(revision)}: give a branch, a tag or a commit.`;
  throw new ClipSegError('invalid-argument', message);
}

/** Error for hostile data from a hub. */
export const hostile = (message: string): HttpError => new HttpError('refused', message);
