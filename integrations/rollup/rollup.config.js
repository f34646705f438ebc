import { nodeResolve } from '@rollup/plugin-node-resolve';

export default {
  // The worker is a separate entry next to the page's.
  input: { main: 'main.js', 'default-worker': '@clipseg/web/default-worker' },
  output: { dir: 'dist', format: 'es' },
  plugins: [nodeResolve({ browser: true })],
};
