import { showValue } from '@clipseg/core/internal';
import { MANIFEST_FILE } from '@clipseg/core/model';
import { fetchBytes } from '../http/fetch-bytes.js';
import { HttpError } from '../http/http-error.js';
import type { RetryOptions } from '../http/retry.js';
import type { Transport } from '../http/transport.js';
import { hostile, isCommit, isHostilePath, isOid, isSafePath } from './names.js';
import type { Repository } from './options.js';

/** A file as the hub lists it. */
export interface RemoteFile {
  /** A plain name, as files in subfolders are not used. */
  readonly path: string;
  readonly size: number;
  /** Name of the blob: git's SHA-1 (40 digits) or the SHA-256 of the content (64). */
  readonly oid: string;
}

export interface Hub {
  readonly repo: Repository;
  readonly transport: Transport;
  readonly retry: RetryOptions;
}

const MAX_JSON_BYTES = 16 * 2 ** 20;
const MAX_PAGES = 50;
/** Maximum size of a file; models usually have 0.6 GB. */
const MAX_FILE_BYTES = 64 * 2 ** 30;
/** Maximum size of configurations and tokenizers, which are read into memory. */
const MAX_SMALL_BYTES = 64 * 2 ** 20;

const apiUrl = ({ repo }: Pick<Hub, 'repo'>, path: string): URL =>
  new URL(`api/models/${repo.id}/${path}`, repo.endpoint);

export const contentUrl = ({ repo }: Pick<Hub, 'repo'>, commit: string, path: string): URL =>
  new URL(`${repo.id}/resolve/${commit}/${encodeURIComponent(path)}`, repo.endpoint);

async function getJson(hub: Hub, url: URL) {
  const options = { ...hub.retry, maxBytes: MAX_JSON_BYTES };
  const { bytes, headers } = await fetchBytes(hub.transport, url, options);
  try {
    return { json: JSON.parse(new TextDecoder().decode(bytes)) as unknown, headers };
  } catch {
    // Most likely a captive portal: a cached copy may be used.
    throw new HttpError('broken', 'it answers with something that is not JSON (a login page?)');
  }
}

/** Fetches the current commit of the revision. */
export async function fetchCommit(hub: Hub): Promise<string> {
  const url = apiUrl(hub, `revision/${encodeURIComponent(hub.repo.revision)}`);
  url.search = '?expand=sha';
  const { json } = await getJson(hub, url);
  const sha = (json as { sha?: unknown } | null)?.sha;
  if (!isCommit(sha)) throw hostile(`it names ${showValue(sha)} as the commit`);
  return sha;
}

/** An entry as the hub sends it; only its path has been checked. */
interface Entry {
  readonly path: string;
  readonly size?: unknown;
  readonly oid?: unknown;
  readonly lfs?: { readonly oid?: unknown; readonly size?: unknown } | null;
}

function remoteFile(entry: Entry): RemoteFile {
  const { path, lfs } = entry;
  const { size, oid } = lfs ? lfs : entry;
  const name = showValue(path);
  if (!isSafePath(path)) throw hostile(`it lists a file ${name}`);
  if (!isOid(oid) || oid.length !== (lfs ? 64 : 40)) {
    throw hostile(`it lists ${name} with the hash ${showValue(oid)}`);
  }
  const isSmall = /\.(json|txt)$/.test(path);
  const max = isSmall ? MAX_SMALL_BYTES : MAX_FILE_BYTES;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || size > max) {
    throw hostile(`it lists ${name} with a size of ${showValue(size)} bytes (the limit is ${max})`);
  }
  return { path, size, oid };
}

/** Returns the query of the next page; the rest of the link is ignored. */
function nextQuery(headers: Headers): string | undefined {
  const link = headers.get('link') ?? '';
  const [, target] = /<([^<>]{1,4096})>\s*;[^,]*\brel="?next"?/i.exec(link) ?? [];
  if (target === undefined) return undefined;
  if (!URL.canParse(target, 'http://x/'))
    throw hostile('the link to the next page of its listing is invalid');
  return new URL(target, 'http://x/').search;
}

// Files that a conversion reads besides the weights.
const SMALL_FILES: readonly string[] = [
  'config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'vocab.json',
  'merges.txt',
];
const PLAIN_NAME = /^\w[\w.-]*$/;

/** Adds the files of the root folder with plain names; others are never read. */
function addPage(json: unknown, files: Map<string, Entry>): void {
  if (!Array.isArray(json)) throw hostile('its listing is not a list');
  for (const entry of json as (({ type?: unknown } & Entry) | null)[]) {
    if (!entry || isHostilePath(entry.path)) {
      throw hostile(`it lists a file ${showValue(entry?.path)}`);
    }
    if (entry.type !== 'file' || !PLAIN_NAME.test(entry.path)) continue;
    if (files.has(entry.path)) throw hostile(`it lists ${showValue(entry.path)} twice`);
    files.set(entry.path, entry);
  }
}

/** Files in the root folder of the repository. */
export interface Listing {
  has(path: string): boolean;
  /** @throws HttpError if the entry is missing or invalid */
  file(path: string): RemoteFile;
  readonly paths: readonly string[];
}

export async function fetchListing(hub: Hub, commit: string): Promise<Listing> {
  const url = apiUrl(hub, `tree/${commit}`);
  const files = new Map<string, Entry>();
  const queries = new Set<string>();
  for (let query: string | undefined = '?recursive=false&expand=false'; query !== undefined; ) {
    if (queries.has(query) || queries.size === MAX_PAGES) throw hostile('its listing is endless');
    queries.add(query);
    url.search = query;
    const { json, headers } = await getJson(hub, url);
    addPage(json, files);
    query = nextQuery(headers);
  }
  return {
    has: (path) => files.has(path),
    file(path) {
      const entry = files.get(path);
      if (!entry) throw hostile(`it does not list ${showValue(path)}, which its index names`);
      return remoteFile(entry);
    },
    paths: [...files.keys()],
  };
}

export interface Wanted {
  readonly files: readonly RemoteFile[];
  /** Optional files of a conversion that the repository lacks. */
  readonly absent: readonly string[];
  /** File that lists the weight files. */
  readonly index: string | undefined;
}

/** Wants the manifest first, which names the other files. Names must differ ignoring case. */
function manifestFirst({ paths, file }: Listing): Wanted {
  const seen = new Set<string>();
  for (const path of paths) {
    if (seen.has(path.toLowerCase())) throw hostile(`it lists ${showValue(path)} twice`);
    seen.add(path.toLowerCase());
  }
  for (const path of paths) file(path);
  return { files: [file(MANIFEST_FILE)], absent: [], index: undefined };
}

/** Returns the files that a conversion needs, or the manifest of a converted model. */
export function wantedFiles(listing: Listing): Wanted {
  const { has, file } = listing;
  if (has(MANIFEST_FILE)) return manifestFirst(listing);
  const formats = ['model.safetensors', 'pytorch_model.bin'];
  const format = formats.find((name) => has(name) || has(`${name}.index.json`));
  const index = format && !has(format) ? `${format}.index.json` : undefined;
  const weights = index ?? format;
  const names = [...SMALL_FILES.filter(has), ...(weights ? [weights] : [])];
  return { files: names.map(file), absent: SMALL_FILES.filter((name) => !has(name)), index };
}
