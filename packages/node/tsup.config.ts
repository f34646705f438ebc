import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    cli: 'src/cli.ts',
    'cli-worker': 'src/cli-worker.ts',
  },
  format: 'esm',
  target: 'node20',
  dts: true,
  clean: true,
  sourcemap: true,
});
