/** @type {import('next').NextConfig} */
export default {
  // A bundler cannot handle native code and a model's files. (Packages that are links, as in this
  // repository, are bundled nevertheless, and that works too.)
  serverExternalPackages: ['@clipseg/node'],
  // These two headers let WASM use more than one thread.
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
