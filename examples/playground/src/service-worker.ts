import { clientsClaim } from 'workbox-core';
import { ExpirationPlugin } from 'workbox-expiration';
import { addPlugins, cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst } from 'workbox-strategies';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string }[] };

/** Adds the headers that threads need, for servers that cannot send them. */
const isolation = {
  async handlerWillRespond({ response }: { response: Response }): Promise<Response> {
    if (response.type === 'opaque') return response;
    const headers = new Headers(response.headers);
    headers.set('Cross-Origin-Opener-Policy', 'same-origin');
    headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
    const { status, statusText, body } = response;
    return new Response(body, { status, statusText, headers });
  },
};

// The first visit is cached, too. A new version waits until all pages of the old one are closed.
clientsClaim();
cleanupOutdatedCaches();
addPlugins([isolation]);
precacheAndRoute(self.__WB_MANIFEST, { ignoreURLParametersMatching: [/./] });

/** The number of files to keep: one device requests about twelve. */
const rest = new ExpirationPlugin({ maxEntries: 24, purgeOnQuotaError: true });

// Weights and WASM have a hash in their names. Only the device knows which of them it needs.
registerRoute(
  ({ url, sameOrigin }) =>
    sameOrigin && /\/assets\/[^/]+\.(?:wasm|onnx|bin|txt|json)$/.test(url.pathname),
  new CacheFirst({ cacheName: 'weights', plugins: [isolation, rest] }),
);
