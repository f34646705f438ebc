import type { GraphSource } from './backend.js';
import type { Dtype, GraphName } from './graph.js';

/** Progress of anything long. */
export interface Progress {
  /**
   * What is being done: `download`, `convert`; or `wait`, when another process has to finish first
   * or a server asks for time: `file` says for what, and the bytes are 0.
   */
  readonly stage: string;
  readonly file: string;
  readonly loadedBytes: number;
  /** 0 when not known. */
  readonly totalBytes: number;
  /** Over all files that are being fetched together, where the source knows them. */
  readonly overall?: { readonly loadedBytes: number; readonly totalBytes: number };
}

export interface OpenOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Told what people should know of a model that opens all the same. */
  onWarning?: (message: string) => void;
  /** Which variant will be used, so that a source can fetch or make only that. */
  dtype?: Dtype;
  /** Which graphs will be loaded at once. */
  graphs?: readonly GraphName[];
}

/** The files of one model folder made by `clipseg convert`; `clipseg.json` is among them. */
export interface ModelFiles {
  /** Reads a small file whole. @throws ClipSegError `not-found`, `io`, `network` */
  read(path: string, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
  /** A graph for `Backend.createSession`: a local path where there is one, else its bytes. */
  graph(path: string, options?: OpenOptions): Promise<GraphSource>;
}

/** Where a model comes from. A factory returns one; nothing happens before `open`. */
export interface ModelSource {
  /** For messages and `info`, e.g. `mini`, `CIDAS/clipseg-rd64-refined`, a folder. */
  readonly name: string;
  /**
   * @throws ClipSegError `not-found`, `network`, `invalid-checkpoint`, `invalid-model`, `io`,
   * `aborted`
   */
  open(options?: OpenOptions): Promise<ModelFiles>;
}
