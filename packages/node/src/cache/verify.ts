import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeFolders } from '@clipseg/convert';
import { ClipSegError, showValue, throwIfAborted } from '@clipseg/core';

/** When a file's hash is compared with the listed one: at every load, at the first, or never. */
export type Verify = 'always' | 'once' | 'never';

/** What every source of models takes. */
export interface HasVerify {
  /**
   * When files are read to compare their hash with what the hub or clipseg.json lists: at the first
   * load (`once`, the default: again when they change), at every load, or never. What is being
   * downloaded is always checked; a damaged conversion is made again.
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

/** A SHA-256 (64 digits), or git's hash of a blob (40), which begins with its size. */
export function hashFor(oid: string, size: number) {
  return oid.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
}

/** Below this a file is always read: it takes milliseconds. */
export const SMALL_BYTES = 8 * 2 ** 20;
const rememberedHere = new Set<string>();

export interface VerifyOptions {
  readonly verify: Verify;
  /**
   * Where it is kept that a file was found right; a folder that cannot be written is no failure.
   */
  readonly memory?: string;
  readonly signal?: AbortSignal;
}

/** What changes when a file does, as far as that can be seen without reading it. */
async function fingerprint(path: string, oid: string): Promise<string> {
  const { size, mtimeMs, ctimeMs, ino } = await stat(path);
  const text = [path, oid, size, mtimeMs, ctimeMs, ino].join('\0');
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Keeps in mind that this file was found right. */
export async function remember(path: string, oid: string, memory?: string): Promise<void> {
  const key = await fingerprint(path, oid);
  rememberedHere.add(key);
  if (!memory) return;
  try {
    await makeFolders(memory);
    await writeFile(join(memory, key), '', { flag: 'wx' });
  } catch {
    // It is there already, or cannot be kept: then the next process reads the file again.
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
 * Whether a file has the listed content, reading it only where `verify` wants that.
 * @param size the listed one; the file's own where none is
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
