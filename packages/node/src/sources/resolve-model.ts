import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ClipSegError } from '@clipseg/core';
import { isHubId, showValue } from '@clipseg/core/internal';
import { MANIFEST_FILE, type ModelSource } from '@clipseg/core/model';
import { checkpointSource } from './checkpoint-source.js';
import { folderSource, miniSource } from './folder-source.js';
import { type HubSourceOptions, hubSource } from './hub-source.js';

/**
 * Resolves a model's name: `mini`, a converted folder, a checkpoint folder or a hub id.
 * @throws ClipSegError `not-found` if it is none of these
 */
export function resolveModel(model: string, options: HubSourceOptions = {}): ModelSource {
  const { cacheDir } = options;
  for (const [name, value] of Object.entries({ model, cacheDir })) {
    if (typeof value === 'string' || (name === 'cacheDir' && value === undefined)) continue;
    throw new ClipSegError('invalid-argument', `${name} is ${showValue(value)}, not text.`);
  }
  if (model === 'mini') return miniSource(options);
  if (existsSync(join(model, MANIFEST_FILE))) return folderSource(model, options);
  if (existsSync(join(model, 'config.json'))) return checkpointSource(model, options);
  if (existsSync(model)) {
    throw new ClipSegError(
      'not-found',
      `${model} has neither ${MANIFEST_FILE} (a converted model) nor config.json (a checkpoint).`,
    );
  }
  if (isHubId(model)) return hubSource(model, options);
  throw new ClipSegError(
    'not-found',
    `The model ${showValue(model)} is neither a local folder nor a hub id (owner/name). Use mini, a ` +
      'folder, or for example CIDAS/clipseg-rd64-refined.',
  );
}
