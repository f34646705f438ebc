import { defineConfig } from 'tsup';

// Compiled first, so that no loader adds memory and threads to the measurements.
export default defineConfig({
  entry: ['src/*.ts'],
  format: 'esm',
  target: 'node20',
  clean: true,
  silent: true,
});
