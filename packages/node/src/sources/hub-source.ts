import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { throwIfAborted } from '@clipseg/core/internal';
import { MANIFEST_FILE, type ModelSource } from '@clipseg/core/model';
import type { HubSourceOptions } from '../hub/options.js';
import { repository } from '../hub/repository.js';
import { snapshotFolder } from '../hub/snapshot.js';
import { type CheckpointSourceOptions, checkpointSource } from './checkpoint-source.js';
import { folderSource } from './folder-source.js';

/**
 * Opens a model of the Hugging Face Hub through the cache that Python's huggingface_hub shares.
 * Checkpoints are converted at first use; repositories with clipseg.json are used directly.
 */
export function hubSource(
  id: string,
  options: HubSourceOptions & CheckpointSourceOptions = {},
): ModelSource {
  return {
    specificationVersion: 1,
    name: id,
    async open(open = {}) {
      throwIfAborted(open.signal);
      const folder = await snapshotFolder(await repository(id, options), open);
      const ready = existsSync(join(folder, MANIFEST_FILE));
      const named = { ...options, name: id };
      const source = ready ? folderSource(folder, named) : checkpointSource(folder, named);
      return source.open(open);
    },
  };
}
