import { defineConfig } from 'vitest/config';

// Tests run from source: the `@clipseg/source` export condition points at src/.
const conditions = ['@clipseg/source', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'examples/*/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'packages/web/test/**'], // they need a browser: test:browser
    // @huggingface/hub tells of every file it fetches.
    onConsoleLog: (log) => !log.startsWith('Downloading '),
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
