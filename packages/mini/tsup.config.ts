import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    urls: 'src/urls.ts',
    words: 'src/words.ts',
  },
  format: 'esm',
  target: 'node20',
  dts: true,
  clean: true,
  sourcemap: true,
});
