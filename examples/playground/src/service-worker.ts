import { clientsClaim } from 'workbox-core';
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

// A new version takes over at once: its files have names of their own, so nothing mixes.
self.skipWaiting();
clientsClaim();
cleanupOutdatedCaches();
addPlugins([isolation]);
precacheAndRoute(self.__WB_MANIFEST, { ignoreURLParametersMatching: [/./] });

// Weights and WASM have a hash in their names. Which of them a device wants, only it knows.
registerRoute(
  ({ url, sameOrigin }) =>
    sameOrigin && /\/assets\/[^/]+\.(?:wasm|onnx|bin|txt|json)$/.test(url.pathname),
  new CacheFirst({ cacheName: 'weights', plugins: [isolation] }),
);
