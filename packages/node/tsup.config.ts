import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    evaluation: 'src/entries/evaluation.ts',
    formats: 'src/entries/formats.ts',
    model: 'src/entries/model.ts',
    ort: 'src/entries/ort.ts',
    postprocess: 'src/entries/postprocess.ts',
    prompts: 'src/entries/prompts.ts',
    raster: 'src/entries/raster.ts',
    testing: 'src/entries/testing.ts',
    cli: 'src/cli.ts',
    'cli-worker': 'src/cli-worker.ts',
  },
  format: 'esm',
  target: 'node20',
  dts: true,
  clean: true,
  sourcemap: true,
});
