import { ClipSegError, type Segmentation } from '@clipseg/core';
import { showValue } from '@clipseg/core/internal';
import type { Manifest, ModelSource } from '@clipseg/core/model';
import { createLocal, type Local, type LocalExtras } from './create-local.js';
import { errorData, revivedError } from './error-data.js';
import type { InitOptions } from './init-options.js';
import { KeptArrays } from './kept-arrays.js';
import {
  type Ask,
  type FromWorker,
  type Method,
  methods,
  type Ready,
  type ToWorker,
} from './protocol.js';
import { isMarked, marked, replaced } from './wire.js';

/** The part of a worker's global scope that is used. */
export interface WorkerScope {
  postMessage(message: FromWorker, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
}

class Forgotten extends Error {}

/** Serves one ClipSeg to the page that started the worker. */
export class Host {
  readonly #scope: WorkerScope;
  readonly #extras: LocalExtras;
  readonly #kept = new KeptArrays();
  readonly #running = new Map<number, AbortController>();
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #asks = 0;
  #local: Local | undefined;

  constructor(scope: WorkerScope, extras: LocalExtras) {
    this.#scope = scope;
    this.#extras = extras;
    scope.addEventListener('message', ({ data }) => this.#receive(data));
  }

  #send(message: FromWorker, transfer: Transferable[] = []): void {
    this.#scope.postMessage(message, transfer);
  }

  #receive(message: ToWorker | undefined): void {
    if (!message?.type) return; // not ours: a tool may also send messages to the page's workers
    if (message.type === 'call') void this.#call(message);
    else if (message.type === 'abort') this.#running.get(message.id)?.abort();
    else if (message.type === 'release') this.#kept.release(message.kept);
    else if (message.type === 'answer') {
      const { id, value, error } = message;
      if (error) this.#asked.get(id)?.reject(revivedError(error));
      else this.#asked.get(id)?.resolve(value);
      this.#asked.delete(id);
    }
  }

  async #call({ id, method, args }: Extract<ToWorker, { type: 'call' }>): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    const bitmaps: ImageBitmap[] = [];
    try {
      const unpacked = this.#unpack(args, controller.signal, bitmaps);
      const result =
        method === 'init'
          ? await this.#init(unpacked[0] as InitOptions, controller.signal)
          : await this.#invoke(method, unpacked);
      const transfer: Transferable[] = [];
      const value = this.#pack(result, method === 'encodeImage', transfer);
      this.#send({ type: 'result', id, value }, transfer);
    } catch (error) {
      if (error instanceof Forgotten) this.#send({ type: 'forgotten', id });
      else this.#send({ type: 'error', id, error: errorData(error) });
    } finally {
      this.#running.delete(id);
      for (const bitmap of bitmaps) bitmap.close();
    }
  }

  #invoke(method: Method, args: readonly unknown[]): Promise<unknown> {
    if (!this.#local) throw new ClipSegError('disposed', 'The worker has no model yet.');
    if (!methods.includes(method)) {
      throw new ClipSegError('invalid-argument', `The worker has no method ${showValue(method)}.`);
    }
    const { clipSeg } = this.#local;
    return (clipSeg[method] as (...args: readonly unknown[]) => Promise<unknown>)(...args);
  }

  async #init(init: InitOptions, signal: AbortSignal): Promise<Ready> {
    const source = init.model.kind === 'source' ? this.#askedSource(init.model.name) : undefined;
    this.#local = await createLocal(init, this.#extras, {
      source,
      signal,
      onProgress: (progress) => this.#send({ type: 'progress', progress }),
      onDevice: (device) => this.#send({ type: 'device', device }),
      onWarning: (message) => this.#send({ type: 'warning', message }),
    });
    return { model: this.#local.clipSeg.model, device: this.#local.device() };
  }

  #unpack(args: readonly unknown[], signal: AbortSignal, bitmaps: ImageBitmap[]): unknown[] {
    return replaced(args, (value) => {
      if (isMarked(value, 'signal')) return signal;
      if (isMarked<{ id: number }>(value, 'kept')) {
        const array = this.#kept.get(value.id);
        if (array) return array;
        throw new Forgotten();
      }
      if (typeof ImageBitmap === 'function' && value instanceof ImageBitmap) bitmaps.push(value);
      return undefined;
    }) as unknown[];
  }

  /** @param keep whether the page will send the arrays back: they get handles */
  #pack(result: unknown, keep: boolean, transfer: Transferable[]): unknown {
    return replaced(result, (value) => {
      if (keep && value instanceof Float32Array) {
        return marked('kept', { id: this.#kept.add(value), array: value });
      }
      const { data, segments } = (value ?? {}) as Partial<Segmentation>;
      if (!data || !segments) return undefined;
      transfer.push(...new Set(data.maps.map(({ buffer }) => buffer as ArrayBuffer)));
      return marked('segmentation', { data });
    });
  }

  #ask(ask: Ask): Promise<unknown> {
    const id = ++this.#asks;
    const answer = Promise.withResolvers<unknown>();
    this.#asked.set(id, answer);
    this.#send({ type: 'ask', id, ask });
    return answer.promise;
  }

  /** Returns a source whose files the page reads. */
  #askedSource(name: string): ModelSource {
    return {
      specificationVersion: 1,
      name,
      open: async ({ dtype, graphs } = {}) => {
        const manifest = (await this.#ask({ what: 'open', dtype, graphs })) as Manifest;
        return {
          manifest,
          read: async (path) => (await this.#ask({ what: 'read', path })) as Uint8Array,
          graph: async (path) => (await this.#ask({ what: 'graph', path })) as Uint8Array,
        };
      },
    };
  }
}
