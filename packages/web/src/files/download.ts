import { type ByteStore, ClipSegError, throwIfAborted } from '@clipseg/core';
import { sha256 as digest } from './digest.js';
import { answerOf, checkPassing, type ExchangeOptions, exchange, Transient } from './exchange.js';
import { sleep } from './sleep.js';

export interface DownloadOptions extends ExchangeOptions {
  readonly url: string;
  /** What the manifest says of the file. */
  readonly size: number;
  readonly sha256: string;
  /** Keeps what has arrived, so that another visit goes on from there. */
  readonly store?: ByteStore;
  /** Called with the bytes of the file that are here, as they arrive. */
  readonly onBytes?: (loadedBytes: number) => void;
  /** Called when the server has asked for patience. */
  readonly onWait?: () => void;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Without getting on in between, that many failures in a row end a download. */
const ATTEMPTS = 5;
/** A connection that brought fewer has failed, too: a byte at a time would go on for ever. */
const GETTING_ON_BYTES = 64 * 2 ** 10;
const FIRST_WAIT_MS = 250;
/** How much is kept at a time, and so lost at most when the page is closed. */
const PIECE_BYTES = 4 * 2 ** 20;
const PIECE_MS = 5000;
/** How long the end of a response is waited for when all bytes are here. */
const END_MS = 200;

/** A file on its way: one buffer, filled from the start. */
interface Arrival {
  readonly bytes: Bytes;
  /** Bytes here, and bytes of these that the store holds. */
  loaded: number;
  kept: number;
  keptAt: number;
  /** Where the server's file ended, when it did so before its time. */
  ended?: number;
}

export const storeKey = (sha256: string): string => `sha256-${sha256}`;

function failed(options: DownloadOptions, why: string, cause?: unknown): ClipSegError {
  const what = `${options.url} cannot be fetched: ${why}. What has arrived is kept; try again.`;
  return new ClipSegError('network', what, { cause });
}

/** The server has another file; fetching it past the browser's HTTP cache may help. */
class OtherFile extends Error {}

const otherSize = (has: number | string, { size }: DownloadOptions) =>
  new OtherFile(`it has ${has} bytes, and ${size} are listed`);

/** @throws ClipSegError `not-found`, `network` for what another attempt would not change */
function checkStatus(response: Response, options: DownloadOptions): void {
  checkPassing(response);
  const { status } = response;
  if (status === 404 || status === 410) {
    throw new ClipSegError('not-found', `There is no ${options.url} (${status}).`);
  }
  if (status >= 400 && status !== 416) throw failed(options, answerOf(response));
}

function startAgain(arrival: Arrival): void {
  arrival.loaded = 0;
  arrival.kept = 0;
}

/** Whether the response goes on where the last one ended; a response that is whole begins again. */
function checkRange(response: Response, arrival: Arrival, options: DownloadOptions): void {
  const { status, headers } = response;
  const range = headers.get('content-range') ?? '';
  const [, start, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(range) ?? [];
  const { loaded } = arrival;
  // Other origins may hide the header: then the answer to a Range is what was asked for.
  const goesOn = status === 206 && (start === undefined || Number(start) === loaded);
  if (!goesOn || headers.has('content-encoding')) startAgain(arrival);
  if (total !== undefined && total !== '*' && Number(total) !== options.size) {
    startAgain(arrival);
    throw otherSize(total, options);
  }
  if (status === 416) throw new Transient('the server has fewer bytes than have arrived');
  if (status === 206 && Number(start ?? loaded) !== arrival.loaded) {
    throw new Transient('the server sends another part than it was asked for');
  }
}

/** @throws ClipSegError `invalid-model` for a page in the place of a file */
function checkPage({ headers }: Response, first: Bytes, { url }: DownloadOptions): void {
  if (!/^text\/html/i.test(headers.get('content-type') ?? '') || first[0] !== 0x3c) return;
  throw new ClipSegError(
    'invalid-model',
    `${url} is answered with a web page: the file is missing there, or one has to sign in. (Servers of ` +
      'single-page apps send their start page for whatever they do not have.)',
  );
}

async function keep(arrival: Arrival, { store, sha256 }: DownloadOptions): Promise<void> {
  const { bytes, loaded, kept } = arrival;
  if (!store || loaded === kept) return;
  await store.write(storeKey(sha256), kept, bytes.subarray(kept, loaded));
  arrival.kept = loaded;
  arrival.keptAt = performance.now();
}

/**
 * One response: from where the last one ended, or from the start when the server cannot do that.
 */
async function receive(arrival: Arrival, options: DownloadOptions, anew: boolean): Promise<void> {
  const { url, size, onBytes } = options;
  const headers = new Headers(options.headers);
  if (arrival.loaded > 0) headers.set('range', `bytes=${arrival.loaded}-`);
  const request = { ...options, headers, cache: anew ? 'reload' : 'default' } as const;
  await exchange(url, request, async (response, next) => {
    checkStatus(response, options);
    checkRange(response, arrival, options);
    while (arrival.loaded < size) {
      const piece = await next();
      if (!piece) break;
      if (arrival.loaded === 0) checkPage(response, piece, options);
      const part = piece.subarray(0, size - arrival.loaded); // the listed size, and no byte more
      arrival.bytes.set(part, arrival.loaded);
      arrival.loaded += part.length;
      onBytes?.(arrival.loaded);
      const much = arrival.loaded - arrival.kept >= PIECE_BYTES;
      if (much || performance.now() - arrival.keptAt > PIECE_MS) await keep(arrival, options);
    }
    // Read to its end, a response stays in the HTTP cache, and its connection open.
    if (arrival.loaded === size) await Promise.race([next().catch(() => {}), sleep(END_MS)]);
  });
  const { loaded, ended } = arrival;
  if (loaded === size) return;
  if (loaded === ended) throw otherSize(loaded, options); // twice at one place: that is its size
  arrival.ended = loaded;
  throw new Transient(`the connection ended at byte ${loaded} of ${size}`);
}

/** Receives until all is here, however often the connection drops, as long as it gets on. */
async function receiveAll(
  arrival: Arrival,
  options: DownloadOptions,
  anew: boolean,
): Promise<void> {
  let [failures, furthest] = [0, arrival.loaded];
  while (arrival.loaded < options.size) {
    throwIfAborted(options.signal);
    try {
      await receive(arrival, options, anew);
    } catch (cause) {
      await keep(arrival, options);
      throwIfAborted(options.signal);
      if (ClipSegError.isInstance(cause) || cause instanceof OtherFile) throw cause;
      failures = arrival.loaded >= furthest + GETTING_ON_BYTES ? 1 : failures + 1;
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
    const message = `${url} has ${size} bytes by clipseg.json: more than there is memory for.`;
    throw new ClipSegError('invalid-model', message, { cause });
  }
}

/** What the store holds: the whole file, or the part that an earlier visit left. */
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

/** Receives the rest; why it is not the file that is listed, if so. */
async function round(arrival: Arrival, options: DownloadOptions, anew: boolean) {
  try {
    await receiveAll(arrival, options, anew);
  } catch (error) {
    if (error instanceof OtherFile) return error.message;
    throw error;
  }
  return (await digest(arrival.bytes)) === options.sha256 ? undefined : 'its SHA-256 differs';
}

/**
 * The bytes of a file, from the store or the network, and never other bytes than the manifest's:
 * what does not have its SHA-256 is thrown away and fetched once more, past the browser's HTTP
 * cache.
 * @throws ClipSegError `network`, `not-found`, `io`, `aborted`, `invalid-model` when damaged again
 */
export async function download(options: DownloadOptions): Promise<Bytes> {
  throwIfAborted(options.signal);
  const arrival = await fromStore(options);
  options.onBytes?.(arrival.loaded);
  // A damaged file in the store, or a part of one, does not count as a try of the network's.
  const rounds = arrival.loaded > 0 ? 3 : 2;
  let wrong: string | undefined;
  for (let i = 0; i < rounds; i++) {
    wrong = await round(arrival, options, i > 0);
    if (wrong === undefined) {
      await keep(arrival, options);
      return arrival.bytes;
    }
    await options.store?.delete(storeKey(options.sha256));
    startAgain(arrival);
    arrival.ended = undefined;
  }
  throw new ClipSegError(
    'invalid-model',
    `${options.url} is not the file that clipseg.json lists: ${wrong}, twice. Whoever serves it has ` +
      'changed or damaged it.',
  );
}
