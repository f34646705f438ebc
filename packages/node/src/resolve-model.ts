import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ClipSegError, MANIFEST_FILE, type ModelSource } from '@clipseg/core';
import { type CheckpointSourceOptions, checkpointSource } from './checkpoint-source.js';
import { type HubSourceOptions, hubSource } from './hub-source.js';
import { folderSource, miniSource } from './sources.js';

export type ResolveModelOptions = CheckpointSourceOptions & HubSourceOptions;

const HUB_ID = /^[\w][\w.-]*\/[\w][\w.-]*$/;

/**
 * `mini`, a folder of ours, a checkpoint folder or a hub id, by what exists.
 * @throws ClipSegError `not-found` when it is none of them
 */
export function resolveModel(model: string, options: ResolveModelOptions = {}): ModelSource {
  if (model === 'mini') return miniSource();
  if (existsSync(join(model, MANIFEST_FILE))) return folderSource(model);
  if (existsSync(join(model, 'config.json'))) return checkpointSource(model, options);
  if (existsSync(model)) {
    throw new ClipSegError(
      'not-found',
      `${model} holds neither ${MANIFEST_FILE} (a converted model) nor config.json (a checkpoint).`,
    );
  }
  if (HUB_ID.test(model)) return hubSource(model, options);
  throw new ClipSegError(
    'not-found',
    `The model ${JSON.stringify(model)} is no folder here and no hub id (owner/name). Use mini, a ` +
      'folder, or for example CIDAS/clipseg-rd64-refined.',
  );
}
