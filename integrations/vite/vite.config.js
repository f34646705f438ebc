import { defineConfig } from 'vite';

// Threads need them; where the built page is served, the server has to send them.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './',
  worker: { format: 'es' }, // the worker loads ONNX Runtime when it knows which build
  build: { target: 'es2022' },
  optimizeDeps: { exclude: ['@clipseg/web', '@clipseg/mini', 'onnxruntime-web'] },
  server: { headers },
  preview: { headers },
});
