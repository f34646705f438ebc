import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

// Threads need these headers. For servers that cannot send them, the service worker adds them.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './', // works at any path
  plugins: [
    react(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'service-worker.ts',
      injectRegister: false, // src/offline.ts does
      injectManifest: {
        // Only the page itself. Weights and ONNX Runtime are cached when a device requests them.
        globPatterns: ['**/*.{html,js,css,woff2,svg,png,webmanifest}'],
        globIgnores: ['**/*-latin-ext-*'],
      },
      manifest: {
        name: 'CLIPSeg playground',
        short_name: 'CLIPSeg',
        description: 'Segment images by text and by example, in the browser.',
        display: 'standalone',
        start_url: './',
        background_color: '#faf8f5',
        theme_color: '#faf8f5',
        icons: [{ src: 'icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' }],
      },
    }),
  ],
  worker: { format: 'es' }, // the worker imports one of ONNX Runtime's builds
  build: {
    target: 'es2022',
    cssTarget: ['chrome119', 'firefox121', 'safari17.4'], // as for @clipseg/web
    chunkSizeWarningLimit: 1000,
  },
  optimizeDeps: { exclude: ['@clipseg/web', '@clipseg/mini', 'onnxruntime-web'] },
  server: { headers },
  preview: { headers },
});
