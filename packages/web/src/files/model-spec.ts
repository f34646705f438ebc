import { ClipSegError } from '@clipseg/core';
import { checkOptions, isHubId, showValue } from '@clipseg/core/internal';
import type { HubOptions } from '@clipseg/core/model';

/** The location of a model, as plain data that can be sent to a worker. */
export type ModelSpec =
  /** Every file has its own URL, as with bundlers. */
  | {
      readonly kind: 'urls';
      readonly name: string;
      readonly urls: Readonly<Record<string, string>>;
    }
  /** A folder made by `clipseg convert`; file names are appended to its URL. */
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly base: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** The repository's id, if the folder is on a hub. */
      readonly hub?: string;
    }
  /** Files from a disk. */
  | {
      readonly kind: 'files';
      readonly name: string;
      readonly files: Readonly<Record<string, Blob>>;
    }
  /** The page's custom source: the worker asks the page for each file. */
  | { readonly kind: 'source'; readonly name: string };

const slashed = (url: URL): string => {
  const { origin, pathname, protocol, host, search } = url;
  if (search) {
    throw new ClipSegError(
      'invalid-argument',
      `The model ${showValue(url.href, 200)} has a query string; pass only the URL of the folder.`,
    );
  }
  const start = origin === 'null' ? `${protocol}//${host}` : origin;
  return start + (pathname.endsWith('/') ? pathname : `${pathname}/`);
};

function hubSpec(id: string, options: HubOptions): ModelSpec {
  const {
    endpoint = 'https://huggingface.co',
    revision = 'main',
    token,
  } = checkOptions(options, 'hub');
  const base = `${endpoint.replace(/\/+$/, '')}/${id}/resolve/${encodeURIComponent(revision)}/`;
  const headers = token ? { authorization: `Bearer ${token}` } : undefined;
  return { kind: 'folder', name: id, base, headers, hub: id };
}

/**
 * Reads a folder's URL or a hub id (`owner/name` without a leading `./` or `/`).
 * @throws ClipSegError `invalid-argument`
 */
export function modelSpec(model: string | URL, hub: HubOptions = {}, baseUrl?: string): ModelSpec {
  if (isHubId(model)) return hubSpec(model, hub);
  try {
    const url = new URL(model, baseUrl);
    return { kind: 'folder', name: String(model), base: slashed(url) };
  } catch (cause) {
    if (ClipSegError.isInstance(cause)) throw cause;
    throw new ClipSegError(
      'invalid-argument',
      `The model ${showValue(model)} is not mini, the URL of a folder made by \`clipseg convert\`, or ` +
        'a hub id (owner/name).',
      { cause },
    );
  }
}

/** Returns the embedded model's files at the bundler's URLs. */
export async function miniSpec(): Promise<ModelSpec> {
  const { modelUrls } = await import('@clipseg/mini/urls');
  const urls = Object.fromEntries(Object.entries(modelUrls).map(([file, url]) => [file, url.href]));
  return { kind: 'urls', name: 'mini', urls };
}

/**
 * Reads a model folder that the user picked: `<input type="file" webkitdirectory>`, or a drop.
 * @throws ClipSegError `not-found` if clipseg.json is not among the files
 */
export function filesSpec(files: Iterable<File>): ModelSpec {
  const byName = Object.fromEntries(Array.from(files, (file) => [file.name, file]));
  if (byName['clipseg.json']) return { kind: 'files', name: 'files', files: byName };
  throw new ClipSegError(
    'not-found',
    'The files do not include clipseg.json; pick a folder made by `clipseg convert`.',
  );
}
