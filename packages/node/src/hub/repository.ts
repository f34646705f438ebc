import { constants, open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ClipSegError } from '@clipseg/core';
import { isHubId, showValue } from '@clipseg/core/internal';
import { homeFolder } from '../cache/home-folder.js';
import { checkVerify } from '../cache/verify.js';
import { maskedUrl } from '../http/masked-url.js';
import { STALL_TIMEOUT_MS } from '../http/transport.js';
import { checkRevision } from './names.js';
import type { Repository, RepositoryOptions } from './options.js';

// Reads the environment as Python's huggingface_hub does: empty means unset, `~` is home.

const variable = (...names: readonly string[]): string | undefined =>
  names.map((name) => process.env[name]?.trim()).find(Boolean);

const expanded = (path: string | undefined): string | undefined =>
  path?.replace(/^~(?=$|[/\\])/, () => homeFolder('HF_HOME'));

const isTrue = (text: string | undefined): boolean => /^(1|on|yes|true)$/i.test(text ?? '');

const hfHome = (): string =>
  expanded(variable('HF_HOME')) ??
  join(
    expanded(variable('XDG_CACHE_HOME')) ?? join(homeFolder('HF_HOME'), '.cache'),
    'huggingface',
  );

/** Returns the cache folder, shared with Python's huggingface_hub. */
export const hubCache = (): string =>
  expanded(variable('HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE')) ?? join(hfHome(), 'hub');

const PUBLIC_HUB = 'https://huggingface.co';
const LOCAL = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/i;

/** @throws ClipSegError `invalid-argument` */
function endpointUrl(given: string | undefined): URL {
  const name = given === undefined ? 'HF_ENDPOINT' : 'endpoint';
  const text = given?.trim() || (variable('HF_ENDPOINT') ?? PUBLIC_HUB);
  const scheme = LOCAL.test(text) ? 'http' : 'https';
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${scheme}://${text}`;
  const fail = (what: string) => {
    const message = `${name} is ${text.includes('@') ? maskedUrl(text) : showValue(text)}: ${what}. Give a URL such as ${PUBLIC_HUB}.`;
    return new ClipSegError('invalid-argument', message);
  };
  if (!URL.canParse(full)) throw fail('not a URL');
  const url = new URL(full);
  if (!/^https?:$/.test(url.protocol)) throw fail('neither http nor https');
  if (url.username || url.password) {
    // Not shown, as it contains a password.
    const message = `${name} contains a user name or password: use a token instead.`;
    throw new ClipSegError('invalid-argument', message);
  }
  url.search = '';
  url.hash = '';
  url.pathname = url.pathname.replace(/\/*$/, '/');
  return url;
}

/** Removes white space and quotes from copying. Tokens are never shown in messages. */
function cleanToken(text: string, from: string): string | undefined {
  const token = text
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim();
  if (token === '') return undefined;
  if (/^[\x21-\x7e]{1,4096}$/.test(token)) return token;
  const message = `${from} has characters that are invalid in a token (spaces, line breaks?). Set it again.`;
  throw new ClipSegError('invalid-argument', message);
}

const TOKEN_VARIABLES = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'] as const;

async function readToken(given: string | undefined): Promise<string | undefined> {
  if (given !== undefined) return cleanToken(given, 'token');
  if (isTrue(process.env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
  for (const name of TOKEN_VARIABLES) {
    const token = cleanToken(process.env[name] ?? '', name);
    if (token) return token;
  }
  const path = expanded(variable('HF_TOKEN_PATH')) ?? join(hfHome(), 'token');
  // Non-blocking, in case the path is a pipe.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8192), 0, 8192, 0);
    return cleanToken(buffer.toString('utf8', 0, bytesRead), path);
  } catch (error) {
    if (ClipSegError.isInstance(error)) throw error;
    return undefined; // the path is a folder
  } finally {
    await file.close();
  }
}

function milliseconds(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value > 0 && value <= 2 ** 31 - 1) return value;
  const message = `${name} is ${showValue(value)}, not a time in milliseconds above 0.`;
  throw new ClipSegError('invalid-argument', message);
}

function stallTimeout(given: unknown): number {
  const seconds = Number(variable('HF_HUB_DOWNLOAD_TIMEOUT'));
  const fallback = seconds > 0 && seconds < 1e6 ? seconds * 1000 : STALL_TIMEOUT_MS;
  return milliseconds(given, 'stallTimeoutMs') ?? fallback;
}

type Kind = 'string' | 'boolean' | 'function';
const KINDS: Readonly<Record<string, Kind>> = {
  revision: 'string',
  token: 'string',
  endpoint: 'string',
  cacheDir: 'string',
  offline: 'boolean',
  fetch: 'function',
};

/** Checks types, for JavaScript callers. Values are not shown, since one is the token. */
function checkKinds(options: RepositoryOptions): void {
  for (const [name, kind] of Object.entries(KINDS)) {
    const value = options[name as keyof RepositoryOptions] as unknown;
    if (value === undefined || typeof value === kind) continue;
    const type = value === null ? 'null' : typeof value;
    const option = name === 'fetch' ? name : `hub.${name}`;
    throw new ClipSegError('invalid-argument', `${option} is ${type}, not a ${kind}.`);
  }
}

/** @throws ClipSegError `invalid-argument` */
export async function repository(id: string, options: RepositoryOptions): Promise<Repository> {
  if (!isHubId(id)) {
    const message = `${showValue(id)} is not a hub id (owner/name).`;
    throw new ClipSegError('invalid-argument', message);
  }
  checkKinds(options);
  const offline = isTrue(variable('HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'));
  return {
    id,
    revision: checkRevision(options.revision ?? 'main'),
    endpoint: endpointUrl(options.endpoint),
    offline: options.offline ?? offline,
    token: await readToken(options.token),
    hubCacheDir: resolve(options.cacheDir || hubCache()),
    fetch: options.fetch,
    stallTimeoutMs: stallTimeout(options.stallTimeoutMs),
    retryDelayMs: milliseconds(options.retryDelayMs, 'hub.retryDelayMs'),
    verify: checkVerify(options.verify),
  };
}
