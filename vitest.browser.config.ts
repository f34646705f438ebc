import { defineConfig } from 'vitest/config';

// Tests that drive a real Chromium over the built packages: npm run test:browser
export default defineConfig({
  test: {
    include: [
      'packages/web/test/**/*.test.ts',
      'integrations/**/*.test.ts',
      'examples/**/*.browser.test.ts',
    ],
    maxWorkers: 2, // each file has a browser and servers of its own
    expect: { poll: { timeout: 20_000 } }, // two cores may be shared with much else
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
