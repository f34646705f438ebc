/** @type {import('next').NextConfig} */
export default {
  // Native code and a model's files are not for a bundler. (Packages that are links, as in this
  // repository, it takes all the same, and that works too.)
  serverExternalPackages: ['@clipseg/node'],
  // With both, WASM uses more than one thread.
  headers: async () => [
    {
      source: '/(.*)',
      headers: [
        { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
        { key: 'Cross-Origin-Embedder-Policy', value: 'require-corp' },
      ],
    },
  ],
};
