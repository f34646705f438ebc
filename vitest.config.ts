import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

// Tests run from source: the `@clipseg/source` export condition points at src/.
const conditions = ['@clipseg/source', 'node', 'import', 'default'];

const testingLibrary = fileURLToPath(
  new URL(
    './node_modules/@testing-library/react/dist/@testing-library/react.esm.js',
    import.meta.url,
  ),
);

/** The tests of @clipseg/react with the React that a workspace depends on. */
function react(name: string, workspace: string): TestProjectConfiguration {
  const require = createRequire(new URL(`./${workspace}/package.json`, import.meta.url));
  const folder = (library: string) => dirname(require.resolve(`${library}/package.json`));
  return {
    extends: true,
    resolve: {
      alias: [
        { find: /^react(?=\/|$)/, replacement: folder('react') },
        { find: /^react-dom(?=\/|$)/, replacement: folder('react-dom') },
        // Its CommonJS form would require a React of its own choice.
        { find: '@testing-library/react', replacement: testingLibrary },
      ],
    },
    test: {
      name,
      include: ['packages/react/test/**/*.test.{ts,tsx}'],
      environment: './packages/react/test/support/dom-environment.ts',
      setupFiles: ['./scripts/vitest-setup.ts', './packages/react/test/support/patience.ts'],
      server: { deps: { inline: [/@testing-library/] } },
    },
  };
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    env: { ORT_DISABLE_TELEMETRY: '1' }, // tests that load onnxruntime-node by themselves
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    setupFiles: './scripts/vitest-setup.ts',
    projects: [
      {
        extends: true,
        test: {
          name: 'core',
          include: ['packages/core/{src,test}/**/*.test.ts'],
          isolate: false, // files share modules, which halves the time: core keeps no state in them
        },
      },
      {
        extends: true,
        test: {
          name: 'node',
          include: [
            'packages/*/{src,test}/**/*.test.ts',
            'scripts/**/*.test.ts',
            'examples/*/**/*.test.ts',
            'test/**/*.test.ts',
          ],
          // packages/web and some examples need a browser: test:browser
          exclude: [
            '**/node_modules/**',
            'packages/core/**',
            'packages/react/**',
            'packages/web/test/**',
            '**/*.browser.test.ts',
          ],
        },
      },
      react('react 19', 'packages/react'),
      react('react 18', 'integrations/react-18'),
    ],
  },
});
