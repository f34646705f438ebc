import { ClipSegError } from '@clipseg/core';
import type { ByteStore } from '@clipseg/core/model';

// Cache Storage cannot append, so every piece is a separate entry. Its URL holds the key and the
// position. The host does not exist; no fetch ever uses the cache.
const ORIGIN = 'https://clipseg.invalid/';

interface Piece {
  readonly request: Request;
  readonly from: number;
  readonly to: number;
}

const urlOf = (key: string): string => ORIGIN + encodeURIComponent(key);
const keyOf = ({ url }: Request): string => decodeURIComponent(new URL(url).pathname.slice(1));

function pieceOf(request: Request): Piece {
  const { searchParams } = new URL(request.url);
  return { request, from: Number(searchParams.get('from')), to: Number(searchParams.get('to')) };
}

/** Keeps the pieces that are contiguous from the start; an interrupted write can leave others. */
function contiguous(pieces: readonly Piece[]): Piece[] {
  let end = 0;
  return pieces
    .toSorted((a, b) => a.from - b.from)
    .filter(({ from, to }) => {
      if (from !== end) return false;
      end = to;
      return true;
    });
}

const sizeOf = (pieces: readonly Piece[]): number => pieces.at(-1)?.to ?? 0;

/** @throws ClipSegError `io` if the disk is full or the quota is used up */
function refuse(cause: unknown): never {
  throw new ClipSegError(
    'io',
    'The browser has no storage left for the model. Free some space, choose a smaller dtype, or pass ' +
      'cache: false to keep nothing between visits.',
    { cause },
  );
}

/** Some private windows never answer. */
const OPEN_MS = 10_000;

/** @throws ClipSegError `io` if storage is denied: private windows, sandboxed frames, settings */
async function openCache(name: string): Promise<Cache> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), OPEN_MS);
  });
  try {
    return await Promise.race([caches.open(name), timeout]); // `caches` itself may throw
  } catch (cause) {
    throw new ClipSegError('io', 'The browser denies access to Cache Storage.', { cause });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Keeps bytes in the browser's Cache Storage. It works in windows and workers of all current
 * browsers, also in private windows, and all pages of the origin share it.
 * @param name the cache's name
 */
export function cacheStore(name = 'clipseg'): ByteStore {
  const open = () => openCache(name);
  const piecesOf = async (cache: Cache, key: string) =>
    (await cache.keys(urlOf(key), { ignoreSearch: true })).map(pieceOf);
  return {
    name: 'Cache Storage',
    async size(key) {
      return sizeOf(contiguous(await piecesOf(await open(), key)));
    },
    async read(key) {
      const cache = await open();
      const pieces = contiguous(await piecesOf(cache, key));
      const bytes = new Uint8Array(sizeOf(pieces));
      for (const { request, from } of pieces) {
        const response = await cache.match(request);
        if (!response) return new Uint8Array(); // deleted by another tab just now
        bytes.set(new Uint8Array(await response.arrayBuffer()), from);
      }
      return bytes;
    },
    async write(key, at, bytes) {
      const cache = await open();
      for (const { request, from, to } of await piecesOf(cache, key)) {
        if (to <= at) continue;
        const kept = from < at ? await cache.match(request) : undefined;
        await cache.delete(request);
        if (!kept) continue;
        const head = (await kept.arrayBuffer()).slice(0, at - from);
        await cache.put(`${urlOf(key)}?from=${from}&to=${at}`, new Response(head)).catch(refuse);
      }
      const url = `${urlOf(key)}?from=${at}&to=${at + bytes.length}`;
      await cache.put(url, new Response(bytes)).catch(refuse);
    },
    async delete(key) {
      await (await open()).delete(urlOf(key), { ignoreSearch: true });
    },
    async keys() {
      return [...new Set((await (await open()).keys()).map(keyOf))];
    },
    async room() {
      const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
      return quota === undefined ? Number.POSITIVE_INFINITY : Math.max(0, quota - (usage ?? 0));
    },
  };
}
