import { defineConfig, type Options } from 'tsup';

const common: Options = {
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  sourcemap: true,
};

export default defineConfig([
  {
    ...common,
    entry: { index: 'src/index.ts', worker: 'src/worker.ts' },
    dts: { entry: { index: 'src/index.ts', worker: 'src/worker.ts' } },
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
