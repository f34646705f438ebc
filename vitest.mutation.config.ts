import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** The sources of a package by the names that others import. */
function sources(folder: string): { find: RegExp; replacement: string }[] {
  const url = new URL(`packages/${folder}/`, import.meta.url);
  const { name, exports } = JSON.parse(readFileSync(new URL('package.json', url), 'utf8')) as {
    name: string;
    exports: Record<string, { '@clipseg/source'?: string }>;
  };
  return Object.entries(exports).flatMap(([entry, { '@clipseg/source': source }]) => {
    if (source === undefined) return [];
    const find = new RegExp(`^${name}${entry.slice(1)}$`);
    return [{ find, replacement: fileURLToPath(new URL(source, url)) }];
  });
}

// What Stryker runs: the tests beside the sources that it changes. It runs them in a copy of the
// repository whose node_modules lead back to the original, so an alias leads to the copy.
// biome-ignore lint/suspicious/noUndeclaredEnvVars: scripts/mutation/mutation.ts sets it
const folder = process.env.MUTATION_FOLDER ?? '{core,convert}/src';
export default defineConfig({
  ...base,
  resolve: { ...base.resolve, alias: [...sources('core'), ...sources('convert')] },
  test: {
    include: [`packages/${folder}/**/*.test.ts`],
    setupFiles: './scripts/mutation/quick-failure.ts',
    isolate: false,
  },
});
