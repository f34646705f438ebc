import { ClipSegError, throwIfAborted } from '@clipseg/core';
import yauzl from 'yauzl';
import type { RandomAccessFile } from './file.js';

// torch.save since 1.6 writes a zip whose entries are stored as they are, so that each has one byte
// range of the file.

/** Where an entry's bytes are in the file. */
export interface ZipEntry {
  readonly offset: number;
  readonly size: number;
}

// A CLIPSeg has 400 entries; each costs one read.
const MAX_ENTRIES = 100_000;

// The promise interface of yauzl 3, which its separately kept types do not have yet.
interface Zip {
  readonly entryCount: number;
  eachEntry(): AsyncIterable<yauzl.Entry>;
  readLocalFileHeaderPromise(
    entry: yauzl.Entry,
    options: { minimal: true },
  ): Promise<{ fileDataStart: number }>;
  close(): void;
}
const { openPromise } = yauzl as unknown as {
  openPromise(path: string, options: object): Promise<Zip>;
};

export function invalid(path: string, what: string, cause?: unknown): never {
  throw new ClipSegError('invalid-checkpoint', `${path}: ${what}.`, { cause });
}

async function checkMagic(file: RandomAccessFile): Promise<void> {
  const { path, size } = file;
  if (size < 4) invalid(path, `it has ${size} bytes: no checkpoint, or a download cut off`);
  const [a, b] = await file.read(0, 2);
  if (a === 0x50 && b === 0x4b) return; // PK
  const advice = 'Load it with torch and save it again as safetensors';
  if (a === 0x80) invalid(path, `it has the format of torch before 1.6. ${advice}`);
  invalid(path, 'it is no file that torch.save wrote');
}

async function readEntries(
  zip: Zip,
  file: RandomAccessFile,
  signal: AbortSignal | undefined,
): Promise<Map<string, ZipEntry>> {
  const { path } = file;
  const entries = new Map<string, ZipEntry>();
  if (zip.entryCount > MAX_ENTRIES) invalid(path, `its zip has ${zip.entryCount} entries`);
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    throwIfAborted(signal);
    const { fileName, compressionMethod, uncompressedSize: size } = entry;
    const name = JSON.stringify(fileName);
    if (compressionMethod !== 0) invalid(path, `${name} is compressed, which torch never does`);
    if (entry.generalPurposeBitFlag & 1) invalid(path, `${name} is encrypted`);
    if (entries.has(fileName)) invalid(path, `${name} stands in its zip twice`);
    const { fileDataStart: offset } = await zip.readLocalFileHeaderPromise(entry, {
      minimal: true,
    });
    if (offset + size > file.size) invalid(path, `${name} is cut off`);
    total += size;
    // Entries that share bytes could claim far more than there is.
    if (total > file.size) invalid(path, 'its zip entries overlap');
    entries.set(fileName, { offset, size });
  }
  return entries;
}

/**
 * The entries of a zip that torch.save wrote.
 * @throws ClipSegError `invalid-checkpoint`, `io`, `aborted`
 */
export async function readZipEntries(
  file: RandomAccessFile,
  { signal }: { signal?: AbortSignal } = {},
): Promise<Map<string, ZipEntry>> {
  await checkMagic(file);
  try {
    const zip = await openPromise(file.path, { autoClose: false, lazyEntries: true });
    try {
      return await readEntries(zip, file, signal);
    } finally {
      zip.close();
    }
  } catch (cause) {
    if (ClipSegError.isInstance(cause)) throw cause;
    return invalid(file.path, `its zip cannot be read: ${(cause as Error).message}`, cause);
  }
}
