import { ClipSegError, showValue } from '@clipseg/core';
import { HttpError } from '../http/http-error.js';

// What a server or a user names, before it becomes a path. Whatever passes here holds no separator
// but single slashes, no way up, and nothing that a file system of another kind reads differently.

const OWNER_AND_NAME = /^[A-Za-z0-9_][\w.-]{0,95}\/[A-Za-z0-9_][\w.-]{0,95}$/;
const COMMIT = /^[0-9a-f]{40}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\\:*?"<>|\ufffe\uffff]/;
const MAX_SEGMENT_BYTES = 200;
const MAX_SEGMENTS = 8;

/** `owner/name` as the hub allows it; `--` divides the two in the cache, so it is in neither. */
export const isHubId = (id: unknown): id is string =>
  typeof id === 'string' && OWNER_AND_NAME.test(id) && !/--|\.\.|\.(git|ipynb)$|[.-]\//.test(id);

export const isCommit = (text: unknown): text is string =>
  typeof text === 'string' && COMMIT.test(text);

/** The name of a blob: git's hash of a small file, or the SHA-256 of a large one. */
export const isOid = (text: unknown): text is string =>
  isCommit(text) || (typeof text === 'string' && SHA256.test(text));

const isSegment = (segment: string): boolean =>
  segment !== '' &&
  !/^\.+$|[. ]$/.test(segment) &&
  !UNSAFE.test(segment) &&
  !RESERVED.test(segment) &&
  !/\p{Surrogate}/u.test(segment) &&
  Buffer.byteLength(segment) <= MAX_SEGMENT_BYTES;

/** A relative path of plain names, the same on every file system. */
export function isSafePath(path: unknown): path is string {
  if (typeof path !== 'string' || path.length > MAX_SEGMENTS * MAX_SEGMENT_BYTES) return false;
  const segments = path.split('/');
  return segments.length <= MAX_SEGMENTS && segments.every(isSegment);
}

/** What git itself cannot hold: whoever lists such a path is after something else. */
export const isHostilePath = (path: unknown): boolean =>
  typeof path !== 'string' ||
  path.length > 4096 ||
  path.includes('\0') ||
  path.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');

/** @throws ClipSegError `invalid-argument` for a revision that cannot be one */
export function checkRevision(revision: unknown): string {
  if (isSafePath(revision)) return revision;
  const message = `revision is ${showValue(revision)}: give a branch, a tag or a commit.`;
  throw new ClipSegError('invalid-argument', message);
}

/** What a hub sent that nothing may be made of. */
export const hostile = (message: string): HttpError => new HttpError('refused', message);
