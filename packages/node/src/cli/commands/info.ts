import type { Command } from 'commander';
import type { Context } from '../context.js';
import { loadingOptions, type ModelOptions, withModelOptions } from '../model-options.js';
import { jsonLine, print } from '../print.js';
import { createProgress } from '../progress.js';

export function addInfo(program: Command, { signal }: Context): void {
  const command = program
    .command('info')
    .description("show a model's configuration and files")
    .option('--json', 'print JSON');
  withModelOptions(command).action(async (options: ModelOptions & { json?: boolean }) => {
    const { resolveModel } = await import('../../sources/resolve-model.js');
    const progress = createProgress();
    const { onProgress } = progress;
    const from = resolveModel(options.model, loadingOptions(options));
    const opening = from.open({ ...options, signal, onProgress });
    const { manifest } = await opening.finally(progress.stop);
    if (options.json) {
      process.stdout.write(jsonLine(manifest));
      return;
    }
    const { config: c, preprocessing: p, source, variants } = manifest;
    const { textConfig: t, visionConfig: v } = c;
    const rows: [string, string][] = [
      ['model', `${source.name} (weights ${source.sha256.slice(0, 16)})`],
      ['dtypes', Object.keys(variants).join(', ')],
      ['size', `${p.size.join(' x ')}, ${p.resample}`],
      ['vision', `${v.numHiddenLayers} blocks of ${v.hiddenSize}, patches of ${v.patchSize}`],
      ['text', `${t.numHiddenLayers} blocks of ${t.hiddenSize}, ${t.maxPositionEmbeddings} tokens`],
      ['decoder', `${c.reduceDim} channels from blocks ${c.extractLayers.join(', ')}`],
      ['embedding', `${c.projectionDim} values`],
    ];
    for (const [name, value] of rows) print(`${name.padEnd(10)} ${value}`);
    for (const [file, { size }] of Object.entries(manifest.files)) {
      print(`${`${(size / 1e6).toFixed(2)} MB`.padStart(10)} ${file}`);
    }
  });
}
