import { throwIfAborted } from '@clipseg/core/internal';
import { showName } from '../files/show-name.js';
import type { RandomAccessFile } from './file.js';
import { invalid } from './invalid.js';

// Reads only the zips that torch.save writes: uncompressed entries in one part. Compares every
// number with the file's size before trusting it, and reads only the directory, then 30 bytes and
// the name of each entry (docs/decisions/0040-zip.md).

/** Position of an entry's bytes in the file. */
export interface ZipEntry {
  readonly offset: number;
  readonly size: number;
}

type Options = { signal?: AbortSignal } | undefined;

// A CLIPSeg has 400 entries; each needs one read.
const MAX_ENTRIES = 20_000;
const MAX_DIRECTORY = 16 * 2 ** 20;
const MAX_COMMENT = 0xffff;

const END = { signature: 0x06054b50, size: 22 };
const LOCATOR = { signature: 0x07064b50, size: 20 };
const LARGE_END = { signature: 0x06064b50, size: 56 };
const CENTRAL = { signature: 0x02014b50, size: 46 };
const LOCAL = { signature: 0x04034b50, size: 30 };

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const u64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

interface Directory {
  readonly count: number;
  readonly offset: number;
  readonly size: number;
}

/** Finds the end record: the last one whose comment ends at the end of the file. */
function findEnd(path: string, tail: DataView): number {
  for (let at = tail.byteLength - END.size; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END.signature) continue;
    if (at + END.size + tail.getUint16(at + 20, true) === tail.byteLength) return at;
  }
  return invalid(path, 'its zip cannot be read: it has no end record, so the file is truncated');
}

/** Reads the zip64 records, which torch always writes. */
async function readLarge(
  file: RandomAccessFile,
  end: number,
  options: Options,
): Promise<Directory | undefined> {
  if (end < LOCATOR.size) return undefined;
  const locator = viewOf(await file.read(end - LOCATOR.size, LOCATOR.size, options));
  if (locator.getUint32(0, true) !== LOCATOR.signature) return undefined;
  const at = u64(locator, 8);
  if (at + LARGE_END.size > end - LOCATOR.size) {
    return invalid(file.path, 'its zip cannot be read: the zip64 record is out of bounds');
  }
  const record = viewOf(await file.read(at, LARGE_END.size, options));
  if (record.getUint32(0, true) !== LARGE_END.signature) {
    return invalid(file.path, 'its zip cannot be read: it has no zip64 record');
  }
  const disks = [
    locator.getUint32(4, true),
    record.getUint32(16, true),
    record.getUint32(20, true),
  ];
  if (disks.some((disk) => disk !== 0)) return invalid(file.path, 'its zip has several parts');
  return { count: u64(record, 32), size: u64(record, 40), offset: u64(record, 48) };
}

/** Merges both end records. A field with all bits set refers to the zip64 record. */
function agree(path: string, small: Directory, large: Directory | undefined): Directory {
  const fields = [
    ['count', 0xffff],
    ['size', 0xffffffff],
    ['offset', 0xffffffff],
  ] as const;
  for (const [field, full] of fields) {
    const ok = large ? small[field] === full || small[field] === large[field] : small[field] < full;
    if (!ok) invalid(path, 'its zip cannot be read: its end records contradict each other');
  }
  return large ?? small;
}

async function findDirectory(file: RandomAccessFile, options: Options): Promise<Directory> {
  const { path, size } = file;
  const length = Math.min(size, END.size + MAX_COMMENT);
  const tail = viewOf(await file.read(size - length, length, options));
  const at = findEnd(path, tail);
  const end = size - length + at;
  const parts = [tail.getUint16(at + 4, true), tail.getUint16(at + 6, true)];
  if (parts.some((disk) => disk !== 0 && disk !== 0xffff))
    invalid(path, 'its zip has several parts');
  const small = {
    count: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
  };
  const directory = agree(path, small, await readLarge(file, end, options));
  const { count } = directory;
  if (count > MAX_ENTRIES) invalid(path, `its zip has ${count} entries, more than ${MAX_ENTRIES}`);
  if (directory.offset + directory.size > end || directory.size > MAX_DIRECTORY) {
    invalid(path, `its zip cannot be read: its directory claims ${directory.size} bytes`);
  }
  return directory;
}

interface Listed {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  readonly size: number;
  readonly header: number;
}

/** Reads the sizes and offset from the zip64 extra field (number 1). */
function largeValues(extra: DataView, small: readonly number[]): number[] | undefined {
  const missing = small.filter((value) => value === 0xffffffff).length;
  if (missing === 0) return [...small];
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    const length = extra.getUint16(at + 2, true);
    if (extra.getUint16(at, true) !== 1) continue;
    if (length < 8 * missing || at + 4 + length > extra.byteLength) return undefined;
    let next = at + 4;
    return small.map((value) => {
      if (value !== 0xffffffff) return value;
      next += 8;
      return u64(extra, next - 8);
    });
  }
  return undefined;
}

function checkStored(path: string, shown: string, flags: number, method: number): void {
  if (flags & 0x2041) invalid(path, `${shown} is encrypted`);
  if (method !== 0) invalid(path, `${shown} is compressed, unlike files of torch`);
}

function decodeName(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    return invalid(path, 'its zip cannot be read: a name is not UTF-8', cause);
  }
}

function parseDirectory(path: string, bytes: Uint8Array, count: number): Listed[] {
  const view = viewOf(bytes);
  const broken = (): never => invalid(path, 'its zip cannot be read: its directory is damaged');
  const list: Listed[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL.size > bytes.length) return broken();
    if (view.getUint32(at, true) !== CENTRAL.signature) return broken();
    const [names, extras, comments] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const nameEnd = at + CENTRAL.size + names!;
    const extraEnd = nameEnd + extras!;
    const end = extraEnd + comments!;
    if (end > bytes.length) return broken();
    const nameBytes = bytes.subarray(at + CENTRAL.size, nameEnd);
    const name = decodeName(path, nameBytes);
    checkStored(path, showName(name), view.getUint16(at + 8, true), view.getUint16(at + 10, true));
    const small = [24, 20, 42].map((field) => view.getUint32(at + field, true));
    const values = largeValues(viewOf(bytes.subarray(nameEnd, extraEnd)), small) ?? broken();
    const [size, stored, header] = values as [number, number, number];
    if (size !== stored)
      invalid(path, `${showName(name)} has two different sizes, though it is not compressed`);
    list.push({ name, nameBytes, size, header });
    at = end;
  }
  return at === bytes.length ? list : broken();
}

/** Returns the start of an entry's data; its local header must match the directory. */
async function dataStart(
  file: RandomAccessFile,
  { name, nameBytes, size, header }: Listed,
  limit: number,
  options: Options,
): Promise<number> {
  const { path } = file;
  const length = LOCAL.size + nameBytes.length;
  if (header + length > limit) return invalid(path, `${showName(name)} is truncated`);
  const bytes = await file.read(header, length, options);
  const view = viewOf(bytes);
  const same =
    view.getUint32(0, true) === LOCAL.signature &&
    view.getUint16(26, true) === nameBytes.length &&
    nameBytes.every((byte, i) => byte === bytes[LOCAL.size + i]);
  if (!same) return invalid(path, `${showName(name)} is not at the offset in its zip directory`);
  checkStored(path, showName(name), view.getUint16(6, true), view.getUint16(8, true));
  const start = header + length + view.getUint16(28, true);
  return start + size <= limit ? start : invalid(path, `${showName(name)} is truncated`);
}

/**
 * Reads the entries of a zip written by torch.save, by name. Entries do not overlap.
 * @throws ClipSegError `invalid-checkpoint`, `io`, `aborted`
 */
export async function readZipEntries(
  file: RandomAccessFile,
  options?: { signal?: AbortSignal },
): Promise<Map<string, ZipEntry>> {
  const { path } = file;
  const directory = await findDirectory(file, options);
  const bytes = await file.read(directory.offset, directory.size, options);
  const listed = parseDirectory(path, bytes, directory.count);
  const entries = new Map<string, ZipEntry>();
  let end = 0;
  for (const entry of listed.toSorted((a, b) => a.header - b.header)) {
    throwIfAborted(options?.signal);
    const { name, size, header } = entry;
    if (entries.has(name)) invalid(path, `${showName(name)} is in its zip twice`);
    // Overlapping entries could claim far more than the size of the file.
    if (header < end) invalid(path, `its zip entries overlap at ${showName(name)}`);
    const offset = await dataStart(file, entry, directory.offset, options);
    end = offset + size;
    entries.set(name, { offset, size });
  }
  return entries;
}
