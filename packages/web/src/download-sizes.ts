import type { Dtype } from '@clipseg/core';
import { defaultPreload } from '@clipseg/core/model';
import type { CreateClipSegOptions } from './create-clip-seg.js';
import { cacheStore } from './files/cache-store.js';
import { modelSpec } from './files/model-spec.js';
import { optionalStore } from './files/optional-store.js';

export interface DownloadSizesOptions
  extends Pick<CreateClipSegOptions, 'hub' | 'cache' | 'preload' | 'signal'> {
  /** URL of a folder, or a hub id. */
  readonly model: string | URL;
}

/**
 * Returns how many bytes `createClipSeg` would download before its promise resolves, for every
 * dtype that the model has, so that users can be asked first. Cached bytes do not count.
 * @throws ClipSegError `invalid-argument`, `not-found`, `network`, `invalid-model`, `aborted`
 */
export async function downloadSizes(
  options: DownloadSizesOptions,
): Promise<Partial<Record<Dtype, number>>> {
  const { model, hub, cache = true, preload = defaultPreload, signal } = options;
  const spec = modelSpec(model, hub, globalThis.document?.baseURI ?? globalThis.location?.href);
  if (spec.kind !== 'folder') return {};
  const { filesNeeded, missingBytes, webSource } = await import('./files/web-source.js');
  const { manifest } = await webSource(spec, { signal });
  const kept = cache !== false && 'caches' in globalThis;
  const raw = kept ? cacheStore(cache === true ? undefined : cache) : undefined;
  const store = raw && optionalStore(raw, undefined);
  const dtypes = Object.keys(manifest.variants) as Dtype[];
  const sizes = dtypes.map(async (dtype) => {
    const files = [...new Set(filesNeeded(manifest, dtype, preload))];
    return [dtype, await missingBytes(manifest, files, store)] as const;
  });
  return Object.fromEntries(await Promise.all(sizes));
}
