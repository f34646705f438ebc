import { ClipSegError, MANIFEST_FILE, readManifest, throwIfAborted } from '@clipseg/core';
import { sha256 as digest } from './digest.js';
import { fileProgress } from './file-progress.js';
import type { ModelSpec } from './model-spec.js';
import type { WebSource } from './source-options.js';

type FilesSpec = Extract<ModelSpec, { kind: 'files' }>;

const bytesOf = async (blob: Blob, file: string): Promise<Uint8Array<ArrayBuffer>> => {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    const message = `${file} cannot be read: it has changed or gone since it was picked.`;
    throw new ClipSegError('io', message, { cause });
  }
};

/** Files from a disk are read, verified, and kept nowhere else. */
export async function localSource({ name, files }: FilesSpec): Promise<WebSource> {
  const blobOf = (file: string): Blob => {
    const blob = Object.hasOwn(files, file) ? files[file] : undefined;
    if (blob) return blob;
    throw new ClipSegError('not-found', `There is no ${file} among the files.`);
  };
  const head = blobOf(MANIFEST_FILE).slice(0, 2 ** 20 + 1); // more is refused
  const manifest = readManifest(await bytesOf(head, MANIFEST_FILE));
  return {
    name,
    manifest,
    async files({ onProgress }) {
      const progress = fileProgress(onProgress);
      const read = async (file: string, { signal }: { signal?: AbortSignal } = {}) => {
        throwIfAborted(signal);
        const blob = blobOf(file);
        const listed = Object.hasOwn(manifest.files, file) ? manifest.files[file] : undefined;
        if (!listed) return bytesOf(blob, file);
        const { size, sha256 } = listed;
        const wrong = (what: string) =>
          new ClipSegError(
            'invalid-model',
            `${file} is not the file that clipseg.json lists: ${what}.`,
          );
        if (blob.size !== size) throw wrong(`it has ${blob.size} bytes, and ${size} are listed`);
        const bytes = await bytesOf(blob, file);
        if ((await digest(bytes)) !== sha256) throw wrong('its SHA-256 differs');
        progress.loaded(file, size, size);
        return bytes;
      };
      return { read, graph: read };
    },
  };
}
