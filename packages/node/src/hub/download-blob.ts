import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFor, SMALL_BYTES } from '../cache/verify.js';
import { HttpError, statusError } from '../http/http-error.js';
import { withRetries } from '../http/retry.js';
import { contentUrl, type Hub, type RemoteFile } from './listing.js';
import { hostile } from './names.js';

export interface BlobJob {
  readonly hub: Hub;
  readonly commit: string;
  readonly file: RemoteFile;
  /** The repository's blobs folder. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  /** Called with the number of bytes received so far. */
  readonly onBytes?: (loaded: number) => void;
}

/** A partially downloaded file, with the hash of its content so far. */
interface Partial {
  readonly path: string;
  readonly handle: FileHandle;
  hash: ReturnType<typeof hashFor>;
  received: number;
  /** Whether it was assembled from several responses, or from the leftover of another run. */
  isResumed: boolean;
}

// A link there would redirect the download to another file.
const FLAGS = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
const PIECE_BYTES = 2 ** 20;
/** Progress, in bytes, that resets the count of attempts. */
const PROGRESS_BYTES = 256 * 2 ** 10;

/** Opens the partial file; continues the leftover of an earlier run if it is usable. */
async function openPartial({ folder, file, signal }: BlobJob): Promise<Partial> {
  const path = join(folder, `${file.oid}.incomplete`);
  const info = await lstat(path).catch(() => undefined);
  // A file with several hard links may belong to something else.
  const isOurs = info?.isFile() && info.nlink === 1 && info.size <= file.size;
  if (info && !isOurs) await unlink(path);
  const handle = await open(path, FLAGS, 0o644);
  const partial = {
    path,
    handle,
    hash: hashFor(file.oid, file.size),
    received: 0,
    isResumed: false,
  };
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, partial.received);
      if (bytesRead === 0) break;
      partial.hash.update(piece.subarray(0, bytesRead));
      partial.received += bytesRead;
    }
    partial.isResumed = partial.received > 0;
    return partial;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function restart(partial: Partial, { file }: BlobJob): Promise<void> {
  await partial.handle.truncate(0);
  partial.hash = hashFor(file.oid, file.size);
  partial.received = 0;
}

async function append(partial: Partial, piece: Uint8Array): Promise<void> {
  for (let done = 0; done < piece.byteLength; ) {
    const rest = piece.byteLength - done;
    const { bytesWritten } = await partial.handle.write(piece, done, rest, partial.received);
    partial.hash.update(piece.subarray(done, done + bytesWritten));
    partial.received += bytesWritten;
    done += bytesWritten;
  }
}

/** Tells whether the response is the requested range. */
function isRest(headers: Headers, from: number, size: number): boolean {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range')?.trim() ?? '');
  if (!range) return false;
  const [, first, last, total] = range;
  return Number(first) === from && Number(last) < size && (total === '*' || Number(total) === size);
}

/** Sends one request for the missing part. */
async function transfer(partial: Partial, job: BlobJob): Promise<void> {
  const { hub, commit, file, signal, onBytes } = job;
  const from = partial.received;
  if (from === file.size) return;
  const range = from > 0 ? `bytes=${from}-` : undefined;
  partial.isResumed ||= from > 0;
  const reply = await hub.transport.get(contentUrl(hub, commit, file.path), { range, signal });
  try {
    const { status, headers, isEncoded } = reply;
    if (status === 416) {
      await restart(partial, job);
      throw new HttpError('broken', 'it cannot resume the download');
    }
    if (status !== 200 && status !== 206) throw statusError(status, headers);
    if (status === 206 && (isEncoded || !isRest(headers, from, file.size))) {
      await restart(partial, job);
      throw new HttpError('broken', 'it sent a range other than the requested one');
    }
    if (status === 200 && from > 0) await restart(partial, job); // a server without ranges
    const tooLong = () => hostile(`${file.path} is longer than the ${file.size} bytes it lists`);
    const rest = file.size - partial.received;
    if (!isEncoded && Number(headers.get('content-length')) > rest) throw tooLong();
    for await (const piece of reply.pieces()) {
      if (partial.received + piece.byteLength > file.size) throw tooLong();
      await append(partial, piece);
      onBytes?.(partial.received);
    }
  } finally {
    reply.cancel();
  }
  if (partial.received < file.size) {
    throw new HttpError('broken', `it ended after ${partial.received} of ${file.size} bytes`);
  }
}

async function fill(partial: Partial, job: BlobJob): Promise<boolean> {
  let best = partial.received;
  const hasAdvanced = () => {
    const further = partial.received >= best + PROGRESS_BYTES;
    best = Math.max(best, partial.received);
    return further;
  };
  await withRetries(() => transfer(partial, job), { ...job.hub.retry, hasAdvanced });
  return partial.hash.digest('hex') === job.file.oid;
}

/**
 * Downloads a blob. Resumes an interrupted download, stops at the listed size, and renames the file
 * to its hash only if its content has that hash.
 * @returns the blob's path
 * @throws HttpError, file system errors, or the signal's reason; the partial file stays for the
 *   next run
 */
export async function downloadBlob(job: BlobJob): Promise<string> {
  const { folder, file } = job;
  for (let isAgain = false; ; isAgain = true) {
    const partial = await openPartial(job);
    job.onBytes?.(partial.received);
    let isRight = false;
    try {
      isRight = await fill(partial, job);
      // Small files are hashed at every load, so losing them in a crash is noticed.
      if (isRight && file.size > SMALL_BYTES) await partial.handle.sync();
    } catch (error) {
      // A file that is too long may be wrong from the start.
      const isWrong = error instanceof HttpError && error.kind === 'refused';
      if (isWrong || partial.received === 0) await unlink(partial.path).catch(() => {});
      throw error;
    } finally {
      await partial.handle.close();
    }
    if (isRight) {
      await rename(partial.path, join(folder, file.oid));
      return join(folder, file.oid);
    }
    await unlink(partial.path);
    // One of its parts may have been damaged: try once more from the beginning.
    if (isAgain || !partial.isResumed)
      throw hostile(`${file.path} was damaged on the way: its hash differs from the listed one`);
  }
}
