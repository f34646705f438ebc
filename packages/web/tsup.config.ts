import { defineConfig, type Options } from 'tsup';

const common: Options = {
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  sourcemap: true,
};

const entry = {
  index: 'src/index.ts',
  canvas: 'src/entries/canvas.ts',
  evaluation: 'src/entries/evaluation.ts',
  formats: 'src/entries/formats.ts',
  model: 'src/entries/model.ts',
  ort: 'src/entries/ort.ts',
  postprocess: 'src/entries/postprocess.ts',
  prompts: 'src/entries/prompts.ts',
  raster: 'src/entries/raster.ts',
  testing: 'src/entries/testing.ts',
  worker: 'src/worker.ts',
};

export default defineConfig([
  {
    ...common,
    entry,
    dts: { entry },
    clean: true,
  },
  {
    // Import maps do not reach into workers: the worker that pages start brings all it needs, but
    // for ONNX Runtime. Not minified, or the comments that bundlers read would be gone.
    ...common,
    entry: { 'default-worker': 'src/default-worker.ts' },
    dts: true,
    noExternal: [/^@clipseg\/core/, /^@huggingface\//, 'tiny-lru'],
  },
]);
