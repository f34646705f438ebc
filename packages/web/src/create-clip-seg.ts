import {
  ClipSegError,
  type DecodeLimits,
  type Dtype,
  decodeLimits,
  type GraphName,
  type ModelSource,
  type Progress,
  type TextCleaning,
} from '@clipseg/core';
import type { DeviceOption } from './devices/plan.js';
import {
  filesSpec,
  type HubOptions,
  type ModelSpec,
  miniSpec,
  modelSpec,
} from './files/model-spec.js';
import { createRemote } from './main-thread/remote.js';
import { startWorker } from './main-thread/start-worker.js';
import { warnOnce } from './main-thread/warn-once.js';
import type { WebClipSeg } from './main-thread/web-clip-seg.js';
import type { LocalExtras } from './worker/create-local.js';
import { DEFAULT_PRELOAD, type InitOptions } from './worker/init-options.js';

export interface CreateClipSegOptions extends LocalExtras, DecodeLimits {
  /**
   * `mini` (default: the embedded model, which knows emoji-like pictures only), the URL of a folder
   * made by `clipseg convert` (relative ones start with `./` or `/`), a hub id of a repository that
   * holds such a folder, files of such a folder that the user picked, or a source of your own.
   */
  readonly model?: string | URL | Iterable<File> | ModelSource;
  /** For hub ids. */
  readonly hub?: HubOptions;
  /** Default `auto`: WebGPU on real hardware, then WASM, for every graph by itself. */
  readonly device?: DeviceOption;
  /**
   * Default: on WebGPU `fp16` where adapter and model have it, else `fp32`; on WASM `int8` where
   * the model has it, else `fp32`.
   */
  readonly dtype?: Dtype;
  /**
   * Where it computes: a worker that comes with the package (default), one of your own, or the
   * thread of the caller, which then stands still while a graph runs.
   */
  readonly worker?: boolean | (() => Worker);
  /**
   * Whether files are kept in the browser's Cache Storage, or the name of the cache. Default
   * `clipseg`.
   */
  readonly cache?: boolean | string;
  /**
   * Milliseconds that a download may stand still, without headers or another byte, before it is
   * tried again. Five failures in a row are an error. Default 30,000; above 0.
   */
  readonly stallTimeoutMs?: number;
  /** Of WASM. Default: by the machine's cores; 1 unless the page is cross-origin isolated. */
  readonly threads?: number;
  /** Graphs that are loaded before the promise resolves. Default: all but `visionHead`. */
  readonly preload?: readonly GraphName[];
  /** Compare each device with the model's recorded sample before the first use. Default true. */
  readonly selfCheck?: boolean;
  /**
   * URL of a folder that serves onnxruntime-web's `dist` as it is, where no bundler has put its
   * files beside the code.
   */
  readonly ortFolder?: string | URL;
  /**
   * Milliseconds that an aborted call may go on computing before its worker is ended and started
   * anew from the cache. Default: it finishes the graph it runs.
   */
  readonly hardCancelAfter?: number;
  /** Texts whose embeddings are kept. Default 1000. */
  readonly textCacheSize?: number;
  /** What is done to texts before they become tokens. Default `huggingface` (docs/prompts.md). */
  readonly cleaning?: TextCleaning;
  /** Prompts per run of the decoder. Default 4. */
  readonly batchSize?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** What the app's makers should know, e.g. missing headers. Default: the console, once. */
  readonly onWarning?: (message: string) => void;
  /** Aborts the loading; later calls have signals of their own. */
  readonly signal?: AbortSignal;
}

const isSource = (model: object): model is ModelSource => 'open' in model;

async function specOf({ model = 'mini', hub }: CreateClipSegOptions): Promise<ModelSpec> {
  if (model === 'mini') return miniSpec();
  if (typeof model === 'string' || model instanceof URL) {
    return modelSpec(model, hub, globalThis.document?.baseURI ?? globalThis.location?.href);
  }
  if (isSource(model)) return { kind: 'source', name: model.name };
  return filesSpec(model);
}

function folderUrl(folder: string | URL | undefined): string | undefined {
  if (folder === undefined) return undefined;
  const { href } = new URL(folder, globalThis.document?.baseURI ?? globalThis.location?.href);
  return href.endsWith('/') ? href : `${href}/`;
}

function checkExtras({ worker = true, strategies, store, fetch }: CreateClipSegOptions): void {
  const given = Object.entries({ strategies, store, fetch }).find(([, value]) => value);
  if (worker === false || !given) return;
  throw new ClipSegError(
    'invalid-argument',
    `${given[0]} cannot be sent to a worker: give it to serveClipSeg of '@clipseg/web/worker' in a ` +
      'worker of your own, or use worker: false.',
  );
}

function stallTimeout({ stallTimeoutMs }: CreateClipSegOptions): number | undefined {
  const known = stallTimeoutMs === undefined;
  if (known || (Number.isFinite(stallTimeoutMs) && stallTimeoutMs > 0)) return stallTimeoutMs;
  throw new ClipSegError('invalid-argument', 'stallTimeoutMs is a number of milliseconds above 0.');
}

async function initOf(options: CreateClipSegOptions): Promise<InitOptions> {
  const { cache = true } = options;
  return {
    model: await specOf(options),
    device: options.device,
    dtype: options.dtype,
    threads: options.threads,
    preload: options.preload ?? DEFAULT_PRELOAD,
    selfCheck: options.selfCheck ?? true,
    cache: cache === true ? 'clipseg' : cache || undefined,
    ortFolder: folderUrl(options.ortFolder),
    stallTimeoutMs: stallTimeout(options),
    limits: decodeLimits(options),
    textCacheSize: options.textCacheSize,
    cleaning: options.cleaning,
    batchSize: options.batchSize,
  };
}

/**
 * CLIPSeg in the browser.
 * @throws ClipSegError of any code but `disposed`; what has arrived of a download is kept
 */
export async function createClipSeg(options: CreateClipSegOptions = {}): Promise<WebClipSeg> {
  checkExtras(options);
  const { model, worker = true, signal, onProgress, onWarning = warnOnce } = options;
  const init = await initOf(options);
  const source = init.model.kind === 'source' ? (model as ModelSource) : undefined;
  if (worker !== false) {
    const start = worker === true ? startWorker : worker;
    const { hardCancelAfter } = options;
    return createRemote({ init, source, start, hardCancelAfter, signal, onProgress, onWarning });
  }
  const { createLocal } = await import('./worker/create-local.js');
  const local = await createLocal(init, options, { source, signal, onProgress, onWarning });
  return {
    ...local.clipSeg,
    get device() {
      return local.device();
    },
  };
}
