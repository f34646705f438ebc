import { existsSync } from 'node:fs';
import { ClipSegError } from '@clipseg/core';
import { HttpError } from '../http/http-error.js';
import type { Repository } from './options.js';

const FULL = /^(ENOSPC|EDQUOT|EFBIG)$/;
const FORBIDDEN = /^(EACCES|EPERM|EROFS)$/;

function diskError(code: string, repo: Repository, cause: unknown): ClipSegError {
  const path = (cause as NodeJS.ErrnoException).path ?? repo.hubCacheDir;
  const start = `The model ${repo.id} cannot be stored in ${repo.hubCacheDir}`;
  const elsewhere = 'set HF_HOME (or the option hubCacheDir) to a folder';
  const message = FULL.test(code)
    ? `${start}: the disk is full (${code}). Free some space, or ${elsewhere} on another disk.`
    : FORBIDDEN.test(code)
      ? `${start}: no permission to write ${path} (${code}). Allow it, or ${elsewhere} that you own.`
      : `${start}: ${path} (${code}). Check that folder, or ${elsewhere} that you own.`;
  return new ClipSegError('io', message, { cause });
}

/** Web page of a model, where people accept its terms. */
const pageOf = ({ endpoint, id }: Repository): string => new URL(id, endpoint).href;

function refusal(error: HttpError, repo: Repository): string {
  const { id, token } = repo;
  const start = `The hub refuses ${id} (${error.status})`;
  if (error.errorCode === 'GatedRepo') {
    const signIn = token ? '' : ', and set HF_TOKEN to your token';
    return `${start}: it is gated. Accept its terms at ${pageOf(repo)}${signIn}.`;
  }
  if (error.errorCode === 'DisabledRepo') return `${start}: the hub has disabled it.`;
  if (!token) {
    return (
      `${start}: it is private, gated or does not exist. Check the spelling; accept its terms at ` +
      `${pageOf(repo)} and set HF_TOKEN to your token.`
    );
  }
  return (
    `${start}: it is private, gated or does not exist, or the token is not accepted. Check the ` +
    `spelling, and that HF_TOKEN is valid and may read the model; terms are accepted at ${pageOf(repo)}.`
  );
}

function statusMessage(error: HttpError, repo: Repository): ['network' | 'not-found', string] {
  const { id, revision, endpoint } = repo;
  const here = existsSync(id) ? '' : `There is no local folder ${id}, and the`;
  const hub = here || 'The';
  switch (error.status) {
    case 401:
    case 403:
      return [
        'network',
        `${here ? `There is no local folder ${id}. ` : ''}${refusal(error, repo)}`,
      ];
    case 404:
    case 410:
      return [
        'not-found',
        `${hub} hub has no model ${id} at revision ${revision} (${error.status}). Check the spelling.`,
      ];
    case 429:
      return [
        'network',
        `The model ${id} cannot be fetched from ${endpoint.origin}: too many requests (429)` +
          `${later(error)}. Wait, or set HF_TOKEN for a higher rate limit.`,
      ];
    default:
      return [
        'network',
        `The model ${id} cannot be fetched from ${endpoint.origin}: ${error.message}${later(error)}. ` +
          'Try again later, check the connection, or give a folder as the model.',
      ];
  }
}

const later = ({ retryAfterMs }: HttpError): string =>
  retryAfterMs ? `; it asks to wait for ${Math.ceil(retryAfterMs / 1000)} s` : '';

/** Failure to fetch a file that the hub lists. */
export class FileError extends Error {
  constructor(
    readonly file: string,
    readonly failure: HttpError,
  ) {
    super(`${file}: ${failure.message}`, { cause: failure });
  }
}

function httpError(error: HttpError, repo: Repository, file: string | undefined): ClipSegError {
  const options = { cause: error };
  if (error.kind === 'status') {
    if (file && (error.status === 404 || error.status === 410)) {
      const message =
        `The hub lists ${file} of ${repo.id} but does not have its content (${error.status}). Try ` +
        'again later, or another revision.';
      return new ClipSegError('not-found', message, options);
    }
    const [code, message] = statusMessage(error, repo);
    return new ClipSegError(code, file ? `${file}: ${message}` : message, options);
  }
  const what = file ? `${file} of the model ${repo.id}` : `The model ${repo.id}`;
  const advice =
    error.kind === 'refused' || error.kind === 'too-large'
      ? 'No part of it was kept. Try again, or check that the endpoint is the intended hub.'
      : 'The partial download is kept. Check the connection, or give a folder as the model.';
  const message = `${what} cannot be fetched from ${repo.endpoint.origin}: ${error.message}. ${advice}`;
  return new ClipSegError('network', message, options);
}

/** Converts any failure to an error that says what to do. */
export function explain(error: unknown, repo: Repository, signal?: AbortSignal): ClipSegError {
  if (signal?.aborted) {
    const message = `The download of ${repo.id} was aborted.`;
    return new ClipSegError('aborted', message, { cause: signal.reason });
  }
  if (ClipSegError.isInstance(error)) return error;
  if (error instanceof FileError) return httpError(error.failure, repo, error.file);
  if (error instanceof HttpError) return httpError(error, repo, undefined);
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return diskError(code, repo, error);
  const message = `The model ${repo.id} cannot be fetched: ${(error as Error)?.message}.`;
  return new ClipSegError('network', message, { cause: error });
}

/** Tells whether the hub is unreachable, so that a cached copy may be used. */
export function isOutOfReach(error: unknown): boolean {
  const failure = error instanceof FileError ? error.failure : error;
  return failure instanceof HttpError && failure.isTransient;
}
