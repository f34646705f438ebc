import { type ClipSeg, ClipSegError } from '@clipseg/core';
import { decodeLimits, showValue } from '@clipseg/core/internal';
import {
  type AdapterOptions,
  type DecodeLimits,
  defaultPreload,
  type ModelSource,
} from '@clipseg/core/model';
import type { PromptOf, PromptStrategy } from '@clipseg/core/prompts';
import type { DeviceOption } from './devices/plan.js';
import { filesSpec, type ModelSpec, miniSpec, modelSpec } from './files/model-spec.js';
import type { ImageInput } from './image/input.js';
import { createRemote } from './main-thread/remote.js';
import { startWorker } from './main-thread/start-worker.js';
import { warnOnce } from './main-thread/warn-once.js';
import type { LocalExtras } from './worker/create-local.js';
import type { InitOptions } from './worker/init-options.js';

export interface CreateClipSegOptions extends AdapterOptions, LocalExtras, DecodeLimits {
  /**
   * `mini` (default: the embedded model, which knows only emoji-like images), the URL of a folder
   * made by `clipseg convert` (a relative one starts with `./` or `/`), the hub id of a repository
   * that holds such a folder, the files of such a folder that the user picked, or a custom source.
   */
  readonly model?: string | URL | Iterable<File> | ModelSource;
  /** Default `auto`: WebGPU on real hardware, then WASM, for each graph separately. */
  readonly device?: DeviceOption;
  /**
   * Where to compute: true for the package's worker (default), a function that starts a custom
   * worker, or false for the calling thread, which is then blocked while a graph runs.
   */
  readonly worker?: boolean | (() => Worker);
  /** Whether to keep files in Cache Storage, or the name of the cache. Default `clipseg`. */
  readonly cache?: boolean | string;
  /**
   * URL of a folder that serves onnxruntime-web's `dist` unchanged. Needed if no bundler has put
   * its files next to the code.
   */
  readonly ortFolder?: string | URL;
  /**
   * Milliseconds that an aborted call may continue to compute before its worker is ended and
   * restarted from the cache. Default: the call finishes the current graph.
   */
  readonly hardCancelAfter?: number;
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
    `${given[0]} cannot be sent to a worker: pass it to serveClipSeg of '@clipseg/web/worker' in a ` +
      'custom worker, or use worker: false.',
  );
}

function stallTimeout({ stallTimeoutMs }: CreateClipSegOptions): number | undefined {
  const isValid =
    stallTimeoutMs === undefined || (Number.isFinite(stallTimeoutMs) && stallTimeoutMs > 0);
  if (isValid) return stallTimeoutMs;
  throw new ClipSegError(
    'invalid-argument',
    `stallTimeoutMs is ${showValue(stallTimeoutMs)}; use a number of milliseconds above 0.`,
  );
}

async function initOf(options: CreateClipSegOptions): Promise<InitOptions> {
  const { cache = true } = options;
  return {
    model: await specOf(options),
    device: options.device,
    dtype: options.dtype,
    threads: options.threads,
    preload: options.preload ?? defaultPreload,
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
 * Creates a ClipSeg for the browser.
 * @throws ClipSegError with any code but `disposed`; the bytes downloaded so far are kept
 */
export async function createClipSeg<
  Custom = never,
  const Strategies extends readonly PromptStrategy[] = readonly PromptStrategy<Custom>[],
>(
  options: CreateClipSegOptions & { readonly strategies?: Strategies } = {},
): Promise<ClipSeg<ImageInput, Custom | PromptOf<Strategies[number]>>> {
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
