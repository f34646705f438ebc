import { ClipSegError, showValue } from '@clipseg/core';

/** Where a model is, as plain data that can be sent to a worker. */
export type ModelSpec =
  /** Every file has a URL of its own, as bundlers give them. */
  | {
      readonly kind: 'urls';
      readonly name: string;
      readonly urls: Readonly<Record<string, string>>;
    }
  /** A folder made by `clipseg convert`, by the URL that its file names are added to. */
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly base: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** The repository's id, where it is one of a hub. */
      readonly hub?: string;
    }
  /** Files from a disk. */
  | {
      readonly kind: 'files';
      readonly name: string;
      readonly files: Readonly<Record<string, Blob>>;
    }
  /** A source of the page's own: the worker asks the page for each file. */
  | { readonly kind: 'source'; readonly name: string };

export interface HubOptions {
  /** Default: the Hugging Face hub. */
  readonly endpoint?: string;
  /** Branch, tag or commit. Default `main`. */
  readonly revision?: string;
  /** For private and gated repositories; whoever opens the page can read it. */
  readonly token?: string;
}

const HUB_ID = /^[\w][\w.-]*\/[\w][\w.-]*$/;

const slashed = (url: URL): string => {
  const { origin, pathname, protocol, host, search } = url;
  if (search) {
    throw new ClipSegError(
      'invalid-argument',
      `The model ${showValue(url.href, 200)} has a query; give the URL of the folder alone.`,
    );
  }
  const start = origin === 'null' ? `${protocol}//${host}` : origin;
  return start + (pathname.endsWith('/') ? pathname : `${pathname}/`);
};

function hubSpec(id: string, options: HubOptions): ModelSpec {
  const { endpoint = 'https://huggingface.co', revision = 'main', token } = options;
  const base = `${endpoint.replace(/\/+$/, '')}/${id}/resolve/${encodeURIComponent(revision)}/`;
  const headers = token ? { authorization: `Bearer ${token}` } : undefined;
  return { kind: 'folder', name: id, base, headers, hub: id };
}

/**
 * A folder's URL, or a hub id: `owner/name` without a dot-slash or slash in front.
 * @throws ClipSegError `invalid-argument`
 */
export function modelSpec(model: string | URL, hub: HubOptions = {}, baseUrl?: string): ModelSpec {
  if (typeof model === 'string' && HUB_ID.test(model)) return hubSpec(model, hub);
  try {
    const url = new URL(model, baseUrl);
    return { kind: 'folder', name: String(model), base: slashed(url) };
  } catch (cause) {
    if (ClipSegError.isInstance(cause)) throw cause;
    throw new ClipSegError(
      'invalid-argument',
      `The model ${showValue(model)} is neither mini, nor the URL of a folder made by ` +
        '`clipseg convert`, nor a hub id (owner/name).',
      { cause },
    );
  }
}

/** The embedded model's files, where the bundler has put them. */
export async function miniSpec(): Promise<ModelSpec> {
  const { modelUrls } = await import('@clipseg/mini/urls');
  const urls = Object.fromEntries(Object.entries(modelUrls).map(([file, url]) => [file, url.href]));
  return { kind: 'urls', name: 'mini', urls };
}

/**
 * A model folder that the user picked: `<input type="file" webkitdirectory>`, or files dropped.
 * @throws ClipSegError `not-found` when clipseg.json is not among them
 */
export function filesSpec(files: Iterable<File>): ModelSpec {
  const byName = Object.fromEntries(Array.from(files, (file) => [file.name, file]));
  if (byName['clipseg.json']) return { kind: 'files', name: 'files', files: byName };
  throw new ClipSegError(
    'not-found',
    'There is no clipseg.json among the files; pick a folder made by `clipseg convert`.',
  );
}
