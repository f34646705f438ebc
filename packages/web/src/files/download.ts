import { ClipSegError } from '@clipseg/core';
import { throwIfAborted } from '@clipseg/core/internal';
import type { ByteStore } from '@clipseg/core/model';
import { sha256 as digest } from './digest.js';
import { answerOf, checkPassing, type ExchangeOptions, exchange, Transient } from './exchange.js';
import { sleep } from './sleep.js';

export interface DownloadOptions extends ExchangeOptions {
  readonly url: string;
  /** Size and hash, according to the manifest. */
  readonly size: number;
  readonly sha256: string;
  /** Keeps the bytes received, so that another visit can resume. */
  readonly store?: ByteStore;
  /** Called with the number of the file's bytes so far, as they arrive. */
  readonly onBytes?: (loadedBytes: number) => void;
  /** Called when the server has asked for a delay. */
  readonly onWait?: () => void;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Number of failures in a row, without progress in between, that end a download. */
const ATTEMPTS = 5;
/** A connection that brings fewer bytes counts as failed: one byte at a time would never end. */
const PROGRESS_BYTES = 64 * 2 ** 10;
const FIRST_WAIT_MS = 250;
/** How many bytes are stored at a time: the most that closing the page can lose. */
const PIECE_BYTES = 4 * 2 ** 20;
const PIECE_MS = 5000;
/** How long to wait for the end of a response after all bytes have arrived. */
const END_MS = 200;

/** The state of a download: one buffer, filled from the start. */
interface Arrival {
  readonly bytes: Bytes;
  /** Number of bytes in the buffer. */
  loaded: number;
  /** Number of bytes in the store, and when they were written. */
  kept: number;
  keptAt: number;
  /** Where the response ended, if that was too early. */
  ended?: number;
}

export const storeKey = (sha256: string): string => `sha256-${sha256}`;

function failed(options: DownloadOptions, why: string, cause?: unknown): ClipSegError {
  const message = `${options.url} cannot be fetched: ${why}. The bytes received are kept; try again.`;
  return new ClipSegError('network', message, { cause });
}

/** The server has a different file; a fetch past the browser's HTTP cache may help. */
class OtherFile extends Error {}

const otherSize = (has: number | string, { size }: DownloadOptions) =>
  new OtherFile(`it has ${has} bytes, but clipseg.json lists ${size}`);

/** @throws ClipSegError `not-found`, `network` if another attempt would not help */
function checkStatus(response: Response, options: DownloadOptions): void {
  checkPassing(response);
  const { status } = response;
  if (status === 404 || status === 410) {
    throw new ClipSegError('not-found', `${options.url} does not exist (${status}).`);
  }
  if (status >= 400 && status !== 416) throw failed(options, answerOf(response));
}

function startAgain(arrival: Arrival): void {
  arrival.loaded = 0;
  arrival.kept = 0;
}

/** Checks whether the response continues where the last one ended; otherwise starts again. */
function checkRange(response: Response, arrival: Arrival, options: DownloadOptions): void {
  const { status, headers } = response;
  const range = headers.get('content-range') ?? '';
  const [, start, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(range) ?? [];
  const { loaded } = arrival;
  // Servers of other origins may hide the header; then assume the range that was requested.
  const goesOn = status === 206 && (start === undefined || Number(start) === loaded);
  if (!goesOn || headers.has('content-encoding')) startAgain(arrival);
  if (total !== undefined && total !== '*' && Number(total) !== options.size) {
    startAgain(arrival);
    throw otherSize(total, options);
  }
  if (status === 416) throw new Transient('the server has fewer bytes than were received');
  if (status === 206 && Number(start ?? loaded) !== arrival.loaded) {
    throw new Transient('the server sent a different range than requested');
  }
}

/** @throws ClipSegError `invalid-model` if the answer is a web page instead of a file */
function checkPage({ headers }: Response, first: Bytes, { url }: DownloadOptions): void {
  if (!/^text\/html/i.test(headers.get('content-type') ?? '') || first[0] !== 0x3c) return;
  throw new ClipSegError(
    'invalid-model',
    `The server answered ${url} with a web page: the file is missing, or you must sign in. (Servers of ` +
      'single-page apps send their start page for files that do not exist.)',
  );
}

async function keep(arrival: Arrival, { store, sha256 }: DownloadOptions): Promise<void> {
  const { bytes, loaded, kept } = arrival;
  if (!store || loaded === kept) return;
  await store.write(storeKey(sha256), kept, bytes.subarray(kept, loaded));
  arrival.kept = loaded;
  arrival.keptAt = performance.now();
}

/** Receives one response: from where the last one ended, or from the start. */
async function receive(arrival: Arrival, options: DownloadOptions, reload: boolean): Promise<void> {
  const { url, size, onBytes } = options;
  const headers = new Headers(options.headers);
  if (arrival.loaded > 0) headers.set('range', `bytes=${arrival.loaded}-`);
  const request = { ...options, headers, cache: reload ? 'reload' : 'default' } as const;
  await exchange(url, request, async (response, next) => {
    checkStatus(response, options);
    checkRange(response, arrival, options);
    while (arrival.loaded < size) {
      const piece = await next();
      if (!piece) break;
      if (arrival.loaded === 0) checkPage(response, piece, options);
      const part = piece.subarray(0, size - arrival.loaded); // never more than the listed size
      arrival.bytes.set(part, arrival.loaded);
      arrival.loaded += part.length;
      onBytes?.(arrival.loaded);
      const much = arrival.loaded - arrival.kept >= PIECE_BYTES;
      if (much || performance.now() - arrival.keptAt > PIECE_MS) await keep(arrival, options);
    }
    // A response that is read to its end stays in the HTTP cache, and its connection stays open.
    if (arrival.loaded === size) await Promise.race([next().catch(() => {}), sleep(END_MS)]);
  });
  const { loaded, ended } = arrival;
  if (loaded === size) return;
  if (loaded === ended) throw otherSize(loaded, options); // the same end twice is the file's size
  arrival.ended = loaded;
  throw new Transient(`the connection ended at byte ${loaded} of ${size}`);
}

/** Receives all bytes; a dropped connection is resumed as often as it makes progress. */
async function receiveAll(
  arrival: Arrival,
  options: DownloadOptions,
  reload: boolean,
): Promise<void> {
  let [failures, furthest] = [0, arrival.loaded];
  while (arrival.loaded < options.size) {
    throwIfAborted(options.signal);
    try {
      await receive(arrival, options, reload);
    } catch (cause) {
      await keep(arrival, options);
      throwIfAborted(options.signal);
      if (ClipSegError.isInstance(cause) || cause instanceof OtherFile) throw cause;
      failures = arrival.loaded >= furthest + PROGRESS_BYTES ? 1 : failures + 1;
      furthest = Math.max(furthest, arrival.loaded);
      if (failures === ATTEMPTS) throw failed(options, (cause as Error).message, cause);
      const asked = cause instanceof Transient ? cause.waitMs : 0;
      if (asked > 0) options.onWait?.();
      await sleep(Math.max(asked, FIRST_WAIT_MS * 2 ** (failures - 1)), options.signal);
    }
  }
}

function allocate({ size, url }: DownloadOptions): Bytes {
  try {
    return new Uint8Array(size);
  } catch (cause) {
    const message = `${url} has ${size} bytes according to clipseg.json: there is not enough memory.`;
    throw new ClipSegError('invalid-model', message, { cause });
  }
}

/** Reads the store: the whole file, or the part that an earlier visit left. */
async function fromStore(options: DownloadOptions): Promise<Arrival> {
  const { store, sha256, size } = options;
  const held = (await store?.read(storeKey(sha256))) ?? new Uint8Array();
  const keptAt = performance.now();
  if (held.length === size) return { bytes: held, loaded: size, kept: size, keptAt };
  const usable = held.length < size ? held : new Uint8Array();
  const bytes = allocate(options);
  bytes.set(usable);
  return { bytes, loaded: usable.length, kept: usable.length, keptAt };
}

/** Receives the rest. Returns why the result is not the listed file; undefined if it is. */
async function attempt(arrival: Arrival, options: DownloadOptions, reload: boolean) {
  try {
    await receiveAll(arrival, options, reload);
  } catch (error) {
    if (error instanceof OtherFile) return error.message;
    throw error;
  }
  return (await digest(arrival.bytes)) === options.sha256 ? undefined : 'its SHA-256 differs';
}

/**
 * Returns a file's bytes from the store or the network, and only bytes with the manifest's
 * SHA-256. Other bytes are discarded and fetched once more, past the browser's HTTP cache.
 * @throws ClipSegError `network`, `not-found`, `io`, `aborted`; `invalid-model` if damaged twice
 */
export async function download(options: DownloadOptions): Promise<Bytes> {
  throwIfAborted(options.signal);
  const arrival = await fromStore(options);
  options.onBytes?.(arrival.loaded);
  // A damaged file, or part of one, in the store does not count as an attempt of the network.
  const attempts = arrival.loaded > 0 ? 3 : 2;
  let mismatch: string | undefined;
  for (let i = 0; i < attempts; i++) {
    mismatch = await attempt(arrival, options, i > 0);
    if (mismatch === undefined) {
      await keep(arrival, options);
      return arrival.bytes;
    }
    await options.store?.delete(storeKey(options.sha256));
    startAgain(arrival);
    arrival.ended = undefined;
  }
  throw new ClipSegError(
    'invalid-model',
    `${options.url} is not the file that clipseg.json lists: ${mismatch}, twice. The file on the server was ` +
      'changed or damaged.',
  );
}
