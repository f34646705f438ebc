import { ClipSegError, type DeviceReport, type Progress } from '@clipseg/core';
import { throwIfAborted } from '@clipseg/core/internal';
import {
  type DecodeLimits,
  type ModelSource,
  type OpenedModel,
  openSource,
} from '@clipseg/core/model';
import { errorData, revivedError } from '../worker/error-data.js';
import type { Ask, FromWorker, Method, ToWorker } from '../worker/protocol.js';
import { type Handles, pack, unpack } from './pack.js';

export interface LinkOptions {
  /** Limits for images that the page turns into bitmaps. */
  readonly limits: Required<DecodeLimits>;
  /** Answers the worker if the page provides the model. */
  readonly source?: ModelSource;
  onProgress?(progress: Progress): void;
  onDevice?(report: DeviceReport): void;
  onWarning?(message: string): void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  forgotten(): void;
}

/** The page's end of one worker: sends calls and receives answers while the worker lives. */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #options: LinkOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #ids = new WeakMap<Float32Array, number>();
  readonly #gone = new FinalizationRegistry<number>((kept) => {
    if (!this.failure) this.#post({ type: 'release', kept });
  });
  readonly #handles: Handles;
  #next = 0;
  #opened: OpenedModel | undefined;
  /** Why the worker has ended. */
  failure: ClipSegError | undefined;

  constructor(worker: Worker, options: LinkOptions) {
    this.#worker = worker;
    this.#options = options;
    this.#handles = {
      // An array that was transferred elsewhere is empty: let the worker report it.
      of: (array) => (array.length > 0 ? this.#ids.get(array) : undefined),
      add: (array, id) => {
        this.#ids.set(array, id);
        this.#gone.register(array, id);
      },
    };
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => this.#receive(data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      const what = event.message || 'its script cannot be loaded';
      this.close(new ClipSegError('backend', `The worker failed: ${what}.`));
    });
    worker.addEventListener('messageerror', () =>
      this.close(new ClipSegError('backend', 'The worker sent a message that cannot be read.')),
    );
  }

  /** Ends the worker, and rejects all pending calls with the error. */
  close(failure: ClipSegError): void {
    if (this.failure) return;
    this.failure = failure;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(failure);
    this.#pending.clear();
  }

  /**
   * Sends a call and returns the answer. An abort is passed on, but the call still waits for the
   * answer, so that the worker is known to be free.
   */
  async call(
    method: Method | 'init',
    args: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<unknown> {
    for (const handles of [this.#handles, undefined]) {
      const packed = await pack(args, handles, { ...this.#options.limits, signal });
      if (signal?.aborted || this.failure) for (const bitmap of packed.transfer) bitmap.close();
      throwIfAborted(signal);
      if (this.failure) throw this.failure;
      const answer = await this.#ask(method, packed.args, packed.transfer, signal);
      if (answer !== undefined) return unpack(answer.value, this.#handles);
    }
    throw new ClipSegError('backend', 'The worker asks again for data that it was sent.');
  }

  #ask(
    method: Method | 'init',
    args: readonly unknown[],
    transfer: readonly Transferable[],
    signal: AbortSignal | undefined,
  ): Promise<{ value: unknown } | undefined> {
    const id = ++this.#next;
    const abort = () => this.#post({ type: 'abort', id });
    return new Promise<{ value: unknown } | undefined>((resolve, reject) => {
      const pending = { reject, resolve: (value: unknown) => resolve({ value }) };
      this.#pending.set(id, { ...pending, forgotten: () => resolve(undefined) });
      signal?.addEventListener('abort', abort, { once: true });
      this.#post({ type: 'call', id, method, args }, transfer);
    }).finally(() => {
      this.#pending.delete(id);
      signal?.removeEventListener('abort', abort);
    });
  }

  #post(message: ToWorker, transfer: readonly Transferable[] = []): void {
    try {
      this.#worker.postMessage(message, [...transfer]);
    } catch (cause) {
      const why = `An argument cannot be sent to the worker: ${(cause as Error).message}`;
      throw new ClipSegError('invalid-argument', why, { cause });
    }
  }

  #receive(message: FromWorker | undefined): void {
    if (!message?.type) return; // an app's own worker may send other messages, too
    const { onProgress, onDevice, onWarning } = this.#options;
    if (message.type === 'progress') onProgress?.(message.progress);
    else if (message.type === 'device') onDevice?.(message.device);
    else if (message.type === 'warning') onWarning?.(message.message);
    else if (message.type === 'ask') void this.#answer(message.id, message.ask);
    else if (message.type === 'result') this.#pending.get(message.id)?.resolve(message.value);
    else if (message.type === 'forgotten') this.#pending.get(message.id)?.forgotten();
    else if (message.type === 'error') {
      this.#pending.get(message.id)?.reject(revivedError(message.error));
    }
  }

  async #answer(id: number, ask: Ask): Promise<void> {
    try {
      const value = await this.#readSource(ask);
      this.#post({ type: 'answer', id, value });
    } catch (error) {
      this.#post({ type: 'answer', id, error: errorData(error) });
    }
  }

  async #readSource(ask: Ask): Promise<unknown> {
    const { source, onProgress } = this.#options;
    if (ask.what === 'open') {
      const { dtype, graphs } = ask;
      this.#opened = source && (await openSource(source, { dtype, graphs, onProgress }));
      return this.#opened?.manifest;
    }
    const opened = this.#opened;
    if (!opened) throw new ClipSegError('invalid-argument', 'The model source is not open.');
    return ask.what === 'read' ? opened.read(ask.path) : opened.graph(ask.path, { onProgress });
  }
}
