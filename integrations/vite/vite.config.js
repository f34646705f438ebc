import { defineConfig } from 'vite';

// Threads need these headers; the server of the built page must send them, too.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './',
  worker: { format: 'es' }, // the worker imports one of ONNX Runtime's builds
  build: { target: 'es2022' },
  optimizeDeps: { exclude: ['@clipseg/web', '@clipseg/mini', 'onnxruntime-web'] },
  server: { headers },
  preview: { headers },
});
