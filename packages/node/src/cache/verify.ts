import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeFolders } from '@clipseg/convert';
import { ClipSegError } from '@clipseg/core';
import { showValue, throwIfAborted } from '@clipseg/core/internal';

/** When the hash of a file is checked: at every load, at the first load, or never. */
export type Verify = 'always' | 'once' | 'never';

/** Option of every model source. */
export interface HasVerify {
  /**
   * When to compare the hashes of files with those that the hub or clipseg.json lists: at the first
   * load and after changes (`once`, the default), at every load, or never. Downloads are always
   * checked; a damaged conversion is made again.
   */
  readonly verify?: Verify;
}

/** @throws ClipSegError `invalid-argument` */
export function checkVerify(verify: unknown): Verify {
  if (verify === undefined) return 'once';
  if (verify === 'always' || verify === 'once' || verify === 'never') return verify;
  const message = `verify is ${showValue(verify)}; choose 'always', 'once' or 'never'.`;
  throw new ClipSegError('invalid-argument', message);
}

/** Creates the hash for a SHA-256 (64 digits) or a git blob id (40), which includes the size. */
export function hashFor(oid: string, size: number) {
  return oid.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
}

/** Files up to this size are always read and hashed, which takes milliseconds. */
export const SMALL_BYTES = 8 * 2 ** 20;
const rememberedHere = new Set<string>();

export interface VerifyOptions {
  readonly verify: Verify;
  /** Folder that records which files were verified; not being able to write to it is ignored. */
  readonly memory?: string;
  readonly signal?: AbortSignal;
}

/** Key that changes when the file does, as far as its metadata shows. */
async function fingerprint(path: string, oid: string): Promise<string> {
  const { size, mtimeMs, ctimeMs, ino } = await stat(path);
  const text = [path, oid, size, mtimeMs, ctimeMs, ino].join('\0');
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Records that this file was verified. */
export async function remember(path: string, oid: string, memory?: string): Promise<void> {
  const key = await fingerprint(path, oid);
  rememberedHere.add(key);
  if (!memory) return;
  try {
    await makeFolders(memory);
    await writeFile(join(memory, key), '', { flag: 'wx' });
  } catch {
    // Already recorded, or not writable: then the next process reads the file again.
  }
}

async function isRemembered(path: string, oid: string, memory?: string): Promise<boolean> {
  const key = await fingerprint(path, oid);
  if (rememberedHere.has(key)) return true;
  return (
    memory !== undefined && (await stat(join(memory, key)).catch(() => undefined)) !== undefined
  );
}

async function hashFile(path: string, oid: string, size: number, signal?: AbortSignal) {
  const hash = hashFor(oid, size);
  const read = createReadStream(path, { highWaterMark: 2 ** 20 });
  const update = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) hash.update(chunk);
  };
  try {
    await pipeline(read, update, { signal });
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
  return hash.digest('hex');
}

/**
 * Tells whether a file has the listed content. Reads the file only if `verify` requires it.
 * @param size the listed size; undefined if none is listed
 */
export async function isIntact(
  path: string,
  oid: string,
  size: number | undefined,
  { verify, memory, signal }: VerifyOptions,
): Promise<boolean> {
  const info = await stat(path);
  if (size !== undefined && info.size !== size) return false;
  if (verify === 'never') return true;
  const mayRemember = verify === 'once' && info.size > SMALL_BYTES;
  if (mayRemember && (await isRemembered(path, oid, memory))) return true;
  if ((await hashFile(path, oid, info.size, signal)) !== oid) return false;
  if (mayRemember) await remember(path, oid, memory);
  return true;
}
