import { clientsClaim } from 'workbox-core';
import { ExpirationPlugin } from 'workbox-expiration';
import { addPlugins, cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst } from 'workbox-strategies';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string }[] };

/** Adds what threads need, for servers on which one cannot set headers. */
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

// The first visit is kept too. A new version waits until no page of the old one is open.
clientsClaim();
cleanupOutdatedCaches();
addPlugins([isolation]);
precacheAndRoute(self.__WB_MANIFEST, { ignoreURLParametersMatching: [/./] });

/** So many files of the last versions: all that one device asks for are about twelve. */
const rest = new ExpirationPlugin({ maxEntries: 24, purgeOnQuotaError: true });

// Weights and WASM have a hash in their names. Which of them a device wants, only it knows.
registerRoute(
  ({ url, sameOrigin }) =>
    sameOrigin && /\/assets\/[^/]+\.(?:wasm|onnx|bin|txt|json)$/.test(url.pathname),
  new CacheFirst({ cacheName: 'weights', plugins: [isolation, rest] }),
);
