import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    evaluation: 'src/evaluation/index.ts',
    formats: 'src/formats/index.ts',
    masking: 'src/prompts/masking/index.ts',
    masks: 'src/postprocess/index.ts',
    metrics: 'src/metrics/index.ts',
    ort: 'src/ort/index.ts',
    prompts: 'src/prompts/index.ts',
    testing: 'src/testing/index.ts',
  },
  format: 'esm',
  target: 'es2022',
  dts: true,
  clean: true,
  sourcemap: true,
});
