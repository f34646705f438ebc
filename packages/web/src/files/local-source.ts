import { ClipSegError } from '@clipseg/core';
import { throwIfAborted } from '@clipseg/core/internal';
import { listedFile, MANIFEST_FILE, readManifest } from '@clipseg/core/model';
import { sha256 as digest } from './digest.js';
import { fileProgress } from './file-progress.js';
import type { ModelSpec } from './model-spec.js';
import type { WebSource } from './source-options.js';

type FilesSpec = Extract<ModelSpec, { kind: 'files' }>;

const bytesOf = async (blob: Blob, file: string): Promise<Uint8Array<ArrayBuffer>> => {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    const message = `${file} cannot be read: it was changed or deleted after it was picked.`;
    throw new ClipSegError('io', message, { cause });
  }
};

/** Opens files from a disk: they are read and verified, but not cached. */
export async function localSource({ name, files }: FilesSpec): Promise<WebSource> {
  const blobOf = (file: string): Blob => {
    const blob = Object.hasOwn(files, file) ? files[file] : undefined;
    if (blob) return blob;
    throw new ClipSegError('not-found', `The files do not include ${file}.`);
  };
  const head = blobOf(MANIFEST_FILE).slice(0, 2 ** 20 + 1); // a larger manifest is rejected
  const manifest = readManifest(await bytesOf(head, MANIFEST_FILE));
  return {
    name,
    manifest,
    async files({ onProgress }) {
      const progress = fileProgress(onProgress);
      const read = async (file: string, { signal }: { signal?: AbortSignal } = {}) => {
        throwIfAborted(signal);
        const { size, sha256 } = listedFile(manifest, file);
        const blob = blobOf(file);
        const wrong = (what: string) =>
          new ClipSegError(
            'invalid-model',
            `${file} is not the file that clipseg.json lists: ${what}.`,
          );
        if (blob.size !== size)
          throw wrong(`it has ${blob.size} bytes, but clipseg.json lists ${size}`);
        const bytes = await bytesOf(blob, file);
        if ((await digest(bytes)) !== sha256) throw wrong('its SHA-256 differs');
        progress.loaded(file, size, size);
        return bytes;
      };
      return { read, graph: read };
    },
  };
}
