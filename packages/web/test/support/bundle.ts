import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Bundles the pages' scripts as an esbuild app does: the worker is an entry next to the page's. */
export async function bundlePages(folder: string): Promise<void> {
  await build({
    entryPoints: {
      lib: path('../page/lib.ts'),
      'losing-worker': path('../page/losing-worker.ts'),
      'custom-worker': path('../page/custom-worker.ts'),
      'default-worker': '@clipseg/web/default-worker',
    },
    absWorkingDir: path('../..'),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['import', 'default'],
    logLevel: 'warning',
  });
}
