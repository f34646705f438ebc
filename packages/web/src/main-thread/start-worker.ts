const here = import.meta.url;

/** A script from another origin (a CDN) cannot be a worker, but a local script can import it. */
function startFromElsewhere(): Worker {
  // Not written like the expression below, because a bundler would copy the file once more.
  const url = here.replace(/[^/]*$/, 'default-worker.js');
  const script = new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' });
  const blob = URL.createObjectURL(script);
  const worker = new Worker(blob, { type: 'module', name: 'clipseg' });
  const forget = () => URL.revokeObjectURL(blob);
  worker.addEventListener('message', forget, { once: true }); // the worker has read it by then
  worker.addEventListener('error', forget, { once: true });
  return worker;
}

/** Starts the package's worker. Bundlers recognize exactly this expression. */
export function startWorker(): Worker {
  try {
    return new Worker(new URL('./default-worker.js', import.meta.url), {
      type: 'module',
      name: 'clipseg',
    });
  } catch (error) {
    if ((error as Error).name === 'SecurityError') return startFromElsewhere();
    throw error;
  }
}
