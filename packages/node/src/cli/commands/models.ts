import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '@clipseg/core/model';
import type { Command } from 'commander';
import { folderManifest } from '../../cache/folder-manifest.js';
import type { Context } from '../context.js';
import { jsonLine, print } from '../print.js';

interface ModelRow {
  readonly model: string;
  readonly where: string;
  readonly dtypes: readonly string[];
  readonly megabytes: number | undefined;
  readonly remark: string;
}

// The released checkpoints (sizes of model.safetensors in MB).
const released = [
  { model: 'CIDAS/clipseg-rd64-refined', megabytes: 603, remark: 'for photographs; start here' },
  { model: 'CIDAS/clipseg-rd64', megabytes: 603, remark: 'simple upsampler' },
  { model: 'CIDAS/clipseg-rd16', megabytes: 600, remark: 'decoder with 16 channels' },
];

const sizeOf = ({ files }: Manifest): number =>
  Object.values(files).reduce((sum, { size }) => sum + size, 0) / 1e6;

async function rowOf(folder: string, remark: string): Promise<ModelRow[]> {
  try {
    const manifest = await folderManifest(folder);
    const dtypes = Object.keys(manifest.variants);
    const megabytes = sizeOf(manifest);
    return [{ model: manifest.source.name, where: folder, dtypes, megabytes, remark }];
  } catch {
    return []; // not a converted model, or still being written
  }
}

async function listModels(): Promise<ModelRow[]> {
  const { defaultCacheFolder } = await import('../../cache/cache-folder.js');
  const { modelUrl } = await import('@clipseg/mini');
  const { fileURLToPath } = await import('node:url');
  const rows = await rowOf(fileURLToPath(modelUrl), 'embedded; emoji-like images only');
  const cache = defaultCacheFolder();
  for (const name of existsSync(cache) ? await readdir(cache) : []) {
    rows.push(...(await rowOf(join(cache, name), 'converted')));
  }
  return [...rows, ...released.map((row) => ({ ...row, where: 'hub', dtypes: [] }))];
}

export function addModels(program: Command, _: Context): void {
  program
    .command('models')
    .description('list embedded, converted and released models')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const rows = await listModels();
      if (json) process.stdout.write(jsonLine(rows));
      for (const { model, where, dtypes, megabytes, remark } of json ? [] : rows) {
        const size = megabytes === undefined ? '' : `${megabytes.toFixed(0)} MB`;
        const columns = [model.padEnd(28), size.padStart(7), dtypes.join(',').padEnd(14), remark];
        print(columns.join('  '));
        print(`${' '.repeat(4)}${where}`);
      }
    });
}
