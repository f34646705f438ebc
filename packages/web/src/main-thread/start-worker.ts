const here = import.meta.url;

/**
 * Scripts of another origin (a CDN) start no workers, but a script of this page may import them.
 */
function startFromElsewhere(): Worker {
  // Not written as the expression below: a bundler would copy the file once more.
  const url = here.replace(/[^/]*$/, 'default-worker.js');
  const script = new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' });
  const blob = URL.createObjectURL(script);
  const worker = new Worker(blob, { type: 'module', name: 'clipseg' });
  const forget = () => URL.revokeObjectURL(blob);
  worker.addEventListener('message', forget, { once: true }); // it has been read by then
  worker.addEventListener('error', forget, { once: true });
  return worker;
}

/** Starts the worker that comes with the package; bundlers find it by this very expression. */
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
