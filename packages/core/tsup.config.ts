import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    evaluation: 'src/evaluation/index.ts',
    formats: 'src/formats/index.ts',
    internal: 'src/entries/internal.ts',
    model: 'src/entries/model.ts',
    ort: 'src/ort/index.ts',
    postprocess: 'src/postprocess/index.ts',
    prompts: 'src/prompts/index.ts',
    raster: 'src/entries/raster.ts',
    testing: 'src/testing/index.ts',
  },
  format: 'esm',
  target: 'es2022',
  dts: true,
  clean: true,
  sourcemap: true,
});
