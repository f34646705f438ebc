import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkOptions, throwIfAborted } from '@clipseg/core/internal';
import { MANIFEST_FILE, type ModelSource } from '@clipseg/core/model';
import type { DownloadOptions, HubOptions } from '../hub/options.js';
import { repository } from '../hub/repository.js';
import { snapshotFolder } from '../hub/snapshot.js';
import { type CheckpointSourceOptions, checkpointSource } from './checkpoint-source.js';
import { folderSource } from './folder-source.js';

export interface HubSourceOptions extends CheckpointSourceOptions, DownloadOptions {
  readonly hub?: HubOptions;
}

/**
 * Opens a model of the Hugging Face Hub through the cache that Python's huggingface_hub shares.
 * Checkpoints are converted at first use; repositories with clipseg.json are used directly.
 */
export function hubSource(id: string, options: HubSourceOptions = {}): ModelSource {
  return {
    specificationVersion: 1,
    name: id,
    async open(open = {}) {
      throwIfAborted(open.signal);
      const { fetch, stallTimeoutMs, verify } = options;
      const hub = checkOptions(options.hub ?? {}, 'hub');
      const wanted = await repository(id, { ...hub, fetch, stallTimeoutMs, verify });
      const folder = await snapshotFolder(wanted, open);
      const ready = existsSync(join(folder, MANIFEST_FILE));
      const named = { ...options, name: id };
      const source = ready ? folderSource(folder, named) : checkpointSource(folder, named);
      return source.open(open);
    },
  };
}
