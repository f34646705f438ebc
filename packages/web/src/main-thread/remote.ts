import { type ClipSeg, ClipSegError, type DeviceReport } from '@clipseg/core';
import { throwIfAborted } from '@clipseg/core/internal';
import type { ModelInfo } from '@clipseg/core/model';
import type { ImageInput } from '../image/input.js';
import type { InitOptions } from '../worker/init-options.js';
import { type Method, methods, type Ready } from '../worker/protocol.js';
import { imageArgument } from './pack.js';
import { type LinkOptions, WorkerLink } from './worker-link.js';

export interface RemoteOptions extends Omit<LinkOptions, 'limits'> {
  readonly init: InitOptions;
  start(): Worker;
  /** Milliseconds after which an aborted call's worker is ended. Default: no limit. */
  readonly hardCancelAfter?: number;
  readonly signal?: AbortSignal;
}

interface Job {
  readonly method: Method;
  readonly args: readonly unknown[];
  readonly signal?: AbortSignal;
  /** Whether it was answered, or dropped by an abort. */
  done: boolean;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Number of lost devices after which the GPU is not tried again. */
const MAX_LOSSES = 2;

/** @throws ClipSegError `backend` if the page cannot start a worker, or `start` returns none */
function startedBy(start: () => Worker): Worker {
  let worker: unknown;
  try {
    worker = start();
  } catch (cause) {
    const why = (cause as Partial<Error> | undefined)?.message;
    throw new ClipSegError(
      'backend',
      `The worker cannot be started: ${why}. A Content-Security-Policy needs worker-src 'self' blob:; ` +
        'to use no worker, pass worker: false.',
      { cause },
    );
  }
  if (typeof (worker as Worker | undefined)?.postMessage === 'function') return worker as Worker;
  throw new ClipSegError('invalid-argument', 'worker() does not return a Worker.');
}

const disposed = () =>
  new ClipSegError('disposed', 'This ClipSeg is disposed; create another one.');

/** A ClipSeg that runs in a worker, one call after the other. Ended workers are replaced. */
class Remote {
  readonly #options: RemoteOptions;
  readonly #queue: Job[] = [];
  #link: Promise<WorkerLink> | undefined;
  #working: Promise<void> | undefined;
  #ended = false;
  #losses = 0;
  #stale = false; // the worker has lost its GPU: replace it when idle
  ready!: Ready;

  constructor(options: RemoteOptions) {
    this.#options = options;
  }

  get device(): DeviceReport {
    return this.ready.device;
  }

  /** Starts a worker and loads the model in it. */
  async open(signal?: AbortSignal): Promise<WorkerLink> {
    throwIfAborted(signal);
    const link = new WorkerLink(startedBy(this.#options.start), {
      ...this.#options,
      limits: this.#options.init.limits,
      onDevice: (device) => this.#onDevice(device),
    });
    const abort = () => link.close(new ClipSegError('aborted', 'Loading was aborted.'));
    signal?.addEventListener('abort', abort);
    try {
      this.ready = (await link.call('init', [this.#options.init])) as Ready;
      this.#link = Promise.resolve(link);
      return link;
    } catch (error) {
      link.close(error as ClipSegError);
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  #onDevice(device: DeviceReport): void {
    this.ready = { ...this.ready, device };
    this.#stale = ++this.#losses <= MAX_LOSSES;
    this.#options.onDevice?.(device);
  }

  /** Returns the worker, or a new one if it has been ended. */
  async #living(): Promise<WorkerLink> {
    const link = await this.#link?.catch(() => undefined);
    if (link && !link.failure && !this.#stale) return link;
    this.#stale = false;
    link?.close(new ClipSegError('backend', 'The worker was replaced.'));
    this.#link = this.open();
    return this.#link;
  }

  call(method: Method, args: readonly unknown[]): Promise<unknown> {
    if (this.#ended) return Promise.reject(disposed());
    const { signal } = (args.at(-1) ?? {}) as { signal?: AbortSignal };
    const takesImage = method === 'encodeImage' || method === 'segment';
    const packed = takesImage ? [imageArgument(args[0]), ...args.slice(1)] : args;
    return new Promise((resolve, reject) => {
      throwIfAborted(signal);
      const job: Job = { method, args: packed, signal, done: false, resolve, reject };
      this.#queue.push(job);
      const drop = () => this.#settle(job, () => throwIfAborted(signal));
      signal?.addEventListener('abort', drop, { once: true });
      this.#working ??= this.#work();
    });
  }

  /** Answers a job once. A job that is dropped while it waits never reaches the worker. */
  #settle(job: Job, value: () => unknown): void {
    if (job.done) return;
    job.done = true;
    try {
      job.resolve(value());
    } catch (error) {
      job.reject(error);
    }
  }

  async #work(): Promise<void> {
    for (;;) {
      const job = this.#queue.shift();
      if (!job) break;
      if (job.done) continue;
      try {
        const value = await this.#run(job);
        this.#settle(job, () => value);
      } catch (error) {
        this.#settle(job, () => {
          throw error;
        });
      }
    }
    this.#working = undefined;
  }

  async #run(job: Job): Promise<unknown> {
    const link = await this.#living();
    if (job.done) return undefined;
    const { hardCancelAfter } = this.#options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const arm = () => {
      if (hardCancelAfter === undefined) return;
      const ended = new ClipSegError('aborted', 'The worker was ended to stop a call.');
      timer = setTimeout(() => link.close(ended), hardCancelAfter);
    };
    job.signal?.addEventListener('abort', arm, { once: true });
    try {
      return await link.call(job.method, job.args, job.signal);
    } finally {
      job.signal?.removeEventListener('abort', arm);
      clearTimeout(timer);
    }
  }

  /** Waits for the earlier calls, then ends the worker. */
  async dispose(): Promise<void> {
    this.#ended = true;
    await this.#working;
    (await this.#link?.catch(() => undefined))?.close(disposed());
  }
}

/**
 * Starts a worker and loads a model in it.
 * @throws ClipSegError with any code but `disposed`
 */
export async function createRemote(options: RemoteOptions): Promise<ClipSeg<ImageInput>> {
  const remote = new Remote(options);
  await remote.open(options.signal);
  const calls = methods.map((method) => [
    method,
    (...args: readonly unknown[]) => remote.call(method, args),
  ]);
  const model: ModelInfo = remote.ready.model;
  return {
    ...(Object.fromEntries(calls) as Pick<ClipSeg<ImageInput>, Method>),
    model,
    get device() {
      return remote.device;
    },
    dispose: () => remote.dispose(),
  };
}
