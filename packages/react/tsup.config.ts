import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'es2022',
  dts: true,
  clean: true,
  sourcemap: true,
  // Hooks and components of the client, wherever they are imported.
  banner: { js: "'use client';" },
  external: ['react', 'react/jsx-runtime'],
});
