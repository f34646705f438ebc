/** The longest wait for a service worker. */
const PATIENCE_MS = 4000;
const RELOADED = 'reloaded-for-threads';

const controlled = (): Promise<void> =>
  new Promise((resolve) => {
    const { serviceWorker } = navigator;
    if (serviceWorker.controller) resolve();
    else serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
    setTimeout(resolve, PATIENCE_MS);
  });

/**
 * Starts the service worker, which caches the page for offline visits. It handles all requests
 * after the promise resolves. If the server sends no headers for threads, the worker adds them,
 * and the page reloads once.
 */
export async function startServiceWorker(): Promise<void> {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  const registration = await serviceWorker.register('./service-worker.js').catch(() => undefined);
  if (!registration) return; // in private windows, the page works only online
  if (registration.active && !serviceWorker.controller) return; // a forced reload bypassed it
  await controlled();
  if (crossOriginIsolated || !serviceWorker.controller) return;
  if (sessionStorage.getItem(RELOADED)) return;
  sessionStorage.setItem(RELOADED, 'yes');
  location.reload();
  await new Promise(() => {}); // start nothing on a page that reloads
}

/**
 * Lets the service worker cache the part of the embedded model that is not loaded yet.
 * @returns whether the whole model now works offline
 */
export async function keepForOffline(dtype: string): Promise<boolean> {
  if (!navigator.serviceWorker?.controller) return false;
  const { modelUrls } = await import('@clipseg/mini/urls');
  const suffix = dtype === 'fp32' ? '' : `_${dtype}`;
  const head = modelUrls[`vision_head${suffix}.onnx`];
  const response = head && (await fetch(head).catch(() => undefined));
  return response?.ok ?? false;
}
