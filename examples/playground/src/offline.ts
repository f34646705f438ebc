/** Longer than this, nobody waits for a service worker. */
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
 * Starts the service worker, which keeps the page for visits without a network. What is fetched
 * after the promise resolves goes through it. Where the server sends no headers for threads, the
 * worker does, and the page is loaded once more, with them.
 */
export async function startServiceWorker(): Promise<void> {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  const registration = await serviceWorker.register('./service-worker.js').catch(() => undefined);
  if (!registration) return; // private windows: the page works, with a network
  if (registration.active && !serviceWorker.controller) return; // people reloaded past it
  await controlled();
  if (crossOriginIsolated || !serviceWorker.controller) return;
  if (sessionStorage.getItem(RELOADED)) return;
  sessionStorage.setItem(RELOADED, 'yes');
  location.reload();
  await new Promise(() => {}); // nothing is begun on a page that goes away
}

/**
 * Lets the service worker keep what of the embedded model this device has not asked for yet.
 * @returns whether all of it can be used without a network from now on
 */
export async function keepForOffline(dtype: string): Promise<boolean> {
  if (!navigator.serviceWorker?.controller) return false;
  const { modelUrls } = await import('@clipseg/mini/urls');
  const suffix = dtype === 'fp32' ? '' : `_${dtype}`;
  const head = modelUrls[`vision_head${suffix}.onnx`];
  const response = head && (await fetch(head).catch(() => undefined));
  return response?.ok ?? false;
}
