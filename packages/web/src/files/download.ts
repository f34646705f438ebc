import { type ByteStore, ClipSegError, throwIfAborted } from '@clipseg/core';
import { sha256 as digest } from './digest.js';
import { sleep } from './sleep.js';

export interface DownloadOptions {
  readonly url: string;
  /** What the manifest says of the file. */
  readonly size: number;
  readonly sha256: string;
  /** Keeps what has arrived, so that another visit goes on from there. */
  readonly store?: ByteStore;
  readonly fetch: typeof fetch;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Called with the bytes of the file that are here, as they arrive. */
  readonly onBytes?: (loadedBytes: number) => void;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Without a byte in between, that many failures in a row end a download. */
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 250;
/** How much is kept at a time, and so lost at most when the page is closed. */
const PIECE_BYTES = 4 * 2 ** 20;

const isTransient = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** A file on its way: one buffer, filled from the start. */
interface Arrival {
  readonly bytes: Bytes;
  /** Bytes here, and bytes of these that the store holds. */
  loaded: number;
  kept: number;
}

export const storeKey = (sha256: string): string => `sha256-${sha256}`;

function failed(options: DownloadOptions, why: string, cause?: unknown): ClipSegError {
  const what = `${options.url} cannot be fetched: ${why}. What has arrived is kept; try again.`;
  return new ClipSegError('network', what, { cause });
}

/** @throws ClipSegError `not-found`, `network` for what another attempt would not change */
function checkStatus({ status, statusText }: Response, options: DownloadOptions): void {
  if (status === 404 || status === 410) {
    throw new ClipSegError('not-found', `There is no ${options.url} (${status}).`);
  }
  if (status >= 400) throw failed(options, `the server answers ${status} ${statusText}`.trim());
}

async function keep(arrival: Arrival, { store, sha256 }: DownloadOptions): Promise<void> {
  const { bytes, loaded, kept } = arrival;
  if (!store || loaded === kept) return;
  await store.write(storeKey(sha256), kept, bytes.subarray(kept, loaded));
  arrival.kept = loaded;
}

/** One response: from where the last one ended, or from the start when the server cannot do that. */
async function receive(arrival: Arrival, options: DownloadOptions, anew: boolean): Promise<void> {
  const { url, size, headers, signal, onBytes } = options;
  const cache = anew ? 'reload' : 'default';
  const all = new Headers(headers);
  if (arrival.loaded > 0) all.set('range', `bytes=${arrival.loaded}-`);
  const response = await options.fetch(url, { headers: all, signal, cache });
  if (isTransient(response.status)) throw new Error(`the server answers ${response.status}`);
  const from = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  const goesOn = response.status === 206 && (from === undefined || Number(from) === arrival.loaded);
  if (response.status === 416 || !goesOn) {
    arrival.loaded = 0;
    arrival.kept = 0;
  }
  if (response.status === 416) throw new Error('the server has fewer bytes than have arrived');
  checkStatus(response, options);
  const reader = (response.body ?? new Blob().stream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (arrival.loaded + value.length > size) {
      arrival.loaded = size + 1; // no prefix of the right file: refused below
      await reader.cancel();
      return;
    }
    arrival.bytes.set(value, arrival.loaded);
    arrival.loaded += value.length;
    onBytes?.(arrival.loaded);
    if (arrival.loaded - arrival.kept >= PIECE_BYTES) await keep(arrival, options);
  }
  if (arrival.loaded < size) throw new Error(`the connection ended at byte ${arrival.loaded}`);
}

/** Receives until all is here, however often the connection drops, as long as something arrives. */
async function receiveAll(
  arrival: Arrival,
  options: DownloadOptions,
  anew: boolean,
): Promise<void> {
  let failures = 0;
  while (arrival.loaded < options.size) {
    throwIfAborted(options.signal);
    const before = arrival.loaded;
    try {
      await receive(arrival, options, anew);
    } catch (cause) {
      if (arrival.loaded <= options.size) await keep(arrival, options);
      throwIfAborted(options.signal);
      if (ClipSegError.isInstance(cause)) throw cause;
      failures = arrival.loaded > before ? 1 : failures + 1;
      if (failures === ATTEMPTS) throw failed(options, (cause as Error).message, cause);
      await sleep(FIRST_WAIT_MS * 2 ** (failures - 1), options.signal);
    }
  }
}

async function isRight({ bytes, loaded }: Arrival, options: DownloadOptions): Promise<boolean> {
  return loaded === options.size && (await digest(bytes)) === options.sha256;
}

/** What the store holds: the whole file, or the part that an earlier visit left. */
async function fromStore({ store, sha256, size }: DownloadOptions): Promise<Arrival> {
  const held = (await store?.read(storeKey(sha256))) ?? new Uint8Array();
  if (held.length === size) return { bytes: held, loaded: size, kept: size };
  const usable = held.length < size ? held : new Uint8Array();
  const bytes = new Uint8Array(size);
  bytes.set(usable);
  return { bytes, loaded: usable.length, kept: usable.length };
}

/**
 * The bytes of a file, from the store or the network, and never other bytes than the manifest's: what
 * does not have its SHA-256 is thrown away and fetched once more, past the browser's HTTP cache.
 * @throws ClipSegError `network`, `not-found`, `io`, `aborted`, `invalid-model` when damaged again
 */
export async function download(options: DownloadOptions): Promise<Bytes> {
  throwIfAborted(options.signal);
  const arrival = await fromStore(options);
  options.onBytes?.(arrival.loaded);
  // A damaged file in the store does not count as a try of the network's.
  const rounds = arrival.loaded === options.size ? 3 : 2;
  for (let round = 0; round < rounds; round++) {
    await receiveAll(arrival, options, round > 0);
    if (await isRight(arrival, options)) {
      await keep(arrival, options);
      return arrival.bytes;
    }
    await options.store?.delete(storeKey(options.sha256));
    arrival.loaded = 0;
    arrival.kept = 0;
  }
  throw new ClipSegError(
    'invalid-model',
    `${options.url} is not the file that clipseg.json lists: its SHA-256 differs, twice. Whoever ` +
      'serves it has changed or damaged it.',
  );
}
