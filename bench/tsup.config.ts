import { defineConfig } from 'tsup';

// Compiled first, so that no loader's memory and threads are in the figures.
export default defineConfig({
  entry: ['src/*.ts'],
  format: 'esm',
  target: 'node20',
  clean: true,
  silent: true,
});
