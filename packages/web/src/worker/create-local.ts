import {
  type ClipSeg,
  ClipSegError,
  createClipSeg as createCore,
  type DeviceReport,
  type Progress,
} from '@clipseg/core';
import { throwIfAborted } from '@clipseg/core/internal';
import {
  type ByteStore,
  type Manifest,
  type ModelSource,
  type OpenOptions,
  openSource,
} from '@clipseg/core/model';
import type { PromptStrategy } from '@clipseg/core/prompts';
import { DeviceFallback } from '../devices/device-fallback.js';
import { planDevices } from '../devices/plan.js';
import { threadsFor } from '../devices/threads.js';
import { cacheStore } from '../files/cache-store.js';
import { asModelSource, webSource } from '../files/web-source.js';
import { decodeImage } from '../image/decode-image.js';
import type { ImageInput } from '../image/input.js';
import type { InitOptions } from './init-options.js';

/** Options that cannot be sent to a worker, but can be set in the thread that computes. */
export interface LocalExtras {
  /** Custom prompt types, asked before the built-in ones. */
  readonly strategies?: readonly PromptStrategy[];
  /** Where to keep files; the browser's Cache Storage by default. */
  readonly store?: ByteStore;
  /** Fetches the model's files; the global one by default. */
  readonly fetch?: typeof fetch;
}

export interface LocalCall {
  /** Needed for models of the kind `source`. */
  readonly source?: ModelSource;
  readonly signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  /** Called when a device was lost and its graphs have moved. */
  onDevice?(report: DeviceReport): void;
  /** Reports problems for developers, each at most once. */
  onWarning?(message: string): void;
}

/** A ClipSeg in the calling thread, and its devices. */
export interface Local {
  readonly clipSeg: ClipSeg<ImageInput>;
  device(): DeviceReport;
}

interface Opened {
  readonly manifest: Manifest;
  readonly source: ModelSource;
}

/** Opens the page's custom source at once, because its manifest decides on dtype and device. */
async function openCustom(source: ModelSource, open: OpenOptions): Promise<Opened> {
  const opened = await openSource(source, open);
  return { manifest: opened.manifest, source: { ...source, open: async () => opened } };
}

async function openModel(
  { model, dtype, preload, cache, stallTimeoutMs }: InitOptions,
  { store, fetch }: LocalExtras,
  { source, signal, onProgress, onWarning }: LocalCall,
): Promise<Opened> {
  if (model.kind === 'source') {
    if (source) return openCustom(source, { dtype, graphs: preload, signal, onProgress });
    const what = `The model source ${model.name} is not available in this thread.`;
    throw new ClipSegError('invalid-argument', what);
  }
  const kept = cache !== undefined && 'caches' in globalThis ? cacheStore(cache) : undefined;
  const options = { store: store ?? kept, fetch, signal, stallTimeoutMs, onWarning };
  const opened = await webSource(model, options);
  return { manifest: opened.manifest, source: asModelSource(opened) };
}

/** @throws ClipSegError with any code but `disposed`; what was loaded before is freed */
export async function createLocal(
  init: InitOptions,
  extras: LocalExtras = {},
  call: LocalCall = {},
): Promise<Local> {
  const { preload, textCacheSize, cleaning, batchSize } = init;
  const { signal, onProgress } = call;
  throwIfAborted(signal);
  const threads = threadsFor(init.threads);
  const { manifest, source } = await openModel(init, extras, call);
  const { device, dtype } = init;
  const plan = await planDevices({ device, dtype, manifest, preload });
  const fallback = new DeviceFallback({
    plan,
    threads: threads.count,
    ortFolder: init.ortFolder,
    onLost: (report) => call.onDevice?.(report),
  });
  const clipSeg = await createCore({
    backend: fallback,
    model: source,
    dtype: plan.dtype,
    preload,
    decodeImage: (input: ImageInput, call) => decodeImage(input, { ...init.limits, ...call }),
    strategies: extras.strategies,
    textCacheSize,
    cleaning,
    batchSize,
    selfCheck: false, // the fallback checks, and moves the graphs that fail
    signal,
    onProgress,
  });
  try {
    if (init.selfCheck && manifest.selfCheck) {
      const textEncoder = preload.includes('textEncoder');
      await fallback.verify(() => clipSeg.selfCheck({ signal, textEncoder }));
    }
    throwIfAborted(signal);
  } catch (error) {
    await clipSeg.dispose();
    throw error;
  }
  const usesWasm = Object.values(fallback.report().graphs).includes('wasm');
  if (threads.advice && usesWasm) call.onWarning?.(threads.advice);
  return { clipSeg, device: () => fallback.report() };
}
