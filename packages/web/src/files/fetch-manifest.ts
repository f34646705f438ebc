import { ClipSegError } from '@clipseg/core';
import { throwIfAborted } from '@clipseg/core/internal';
import { MANIFEST_FILE } from '@clipseg/core/model';
import { answerOf, checkPassing, exchange, Transient } from './exchange.js';
import { readRecord } from './model-records.js';
import type { ModelSpec } from './model-spec.js';
import { sleep } from './sleep.js';
import type { WebSourceOptions } from './source-options.js';

export type RemoteSpec = Extract<ModelSpec, { kind: 'urls' | 'folder' }>;

export function urlOf(spec: RemoteSpec, file: string): string {
  if (spec.kind === 'folder') return spec.base + file;
  const url = Object.hasOwn(spec.urls, file) ? spec.urls[file] : undefined;
  if (url !== undefined) return url;
  throw new ClipSegError('not-found', `The model ${spec.name} has no file ${file}.`);
}

export const headersOf = (spec: RemoteSpec) => (spec.kind === 'folder' ? spec.headers : undefined);

/** `readManifest` rejects a larger manifest; here, it is not even received. */
const MAX_MANIFEST_BYTES = 2 ** 20;
const MANIFEST_ATTEMPTS = 3;
const FIRST_WAIT_MS = 250;

/** A hub repository without converted graphs is probably a checkpoint: say what to do with it. */
async function missing(
  spec: RemoteSpec,
  url: string,
  options: WebSourceOptions,
): Promise<ClipSegError> {
  const hub = spec.kind === 'folder' ? spec.hub : undefined;
  const request = { ...options, fetch: options.fetch ?? fetch, headers: headersOf(spec) };
  const isThere = async ({ ok }: Response) => ok;
  const checkpoint =
    hub !== undefined &&
    (await exchange(urlOf(spec, 'config.json'), request, isThere).catch(() => false));
  if (!checkpoint) {
    return new ClipSegError(
      'not-found',
      `${url} does not exist. Is this a folder made by \`clipseg convert\`?`,
    );
  }
  return new ClipSegError(
    'invalid-model',
    `${hub} holds a checkpoint, which a browser cannot convert. Run \`npx -p @clipseg/node clipseg convert\` on it, ` +
      'serve the folder that it writes (or upload it to a repository), and pass its URL as the model.',
  );
}

async function readManifest(
  response: Response,
  next: () => Promise<Uint8Array | undefined>,
  url: string,
): Promise<string | undefined> {
  checkPassing(response);
  if (response.status === 404 || response.status === 410) return undefined;
  if (!response.ok) {
    throw new ClipSegError('network', `${url} cannot be fetched: ${answerOf(response)}.`);
  }
  const decoder = new TextDecoder();
  let [text, size] = ['', 0];
  for (let piece = await next(); piece; piece = await next()) {
    size += piece.length;
    if (size > MAX_MANIFEST_BYTES) {
      const message = `${url} is larger than ${MAX_MANIFEST_BYTES} bytes, the limit for a manifest.`;
      throw new ClipSegError('invalid-model', message);
    }
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

async function fetchManifest(spec: RemoteSpec, options: WebSourceOptions): Promise<string> {
  const url = urlOf(spec, MANIFEST_FILE);
  const { fetch: get = fetch, signal } = options;
  const request = { ...options, fetch: get, headers: headersOf(spec), cache: 'no-cache' } as const;
  for (let attempt = 1; ; attempt++) {
    try {
      const text = await exchange(url, request, (response, next) =>
        readManifest(response, next, url),
      );
      if (text !== undefined) return text;
      throw await missing(spec, url, options);
    } catch (cause) {
      throwIfAborted(signal);
      if (ClipSegError.isInstance(cause)) throw cause;
      const transient = cause instanceof Transient;
      if (!transient || attempt === MANIFEST_ATTEMPTS) {
        const why = transient
          ? `${url} cannot be fetched: ${cause.message}.`
          : `${url} cannot be reached: there is no network, or a server of another origin does not allow this page (CORS).`;
        throw new ClipSegError('network', why, { cause });
      }
      await sleep(Math.max(cause.waitMs, FIRST_WAIT_MS * attempt), signal);
    }
  }
}

/** Fetches the manifest, or returns the one of the last visit if the network is down. */
export async function manifestOf(spec: RemoteSpec, options: WebSourceOptions): Promise<string> {
  try {
    return await fetchManifest(spec, options);
  } catch (error) {
    const offline = ClipSegError.isInstance(error) && error.code === 'network';
    const record =
      offline && options.store
        ? await readRecord(options.store, urlOf(spec, MANIFEST_FILE))
        : undefined;
    if (record) return record.manifest;
    throw error;
  }
}
