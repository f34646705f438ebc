import type { GraphSource } from './backend.js';
import type { Dtype, GraphName } from './graph.js';
import type { Manifest } from './manifest.js';

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

/** A model that its source has opened. Its files are read when they are asked for. */
export interface OpenedModel {
  /** The content of `clipseg.json`, which `readManifest` parses and checks. */
  readonly manifest: Manifest;
  /**
   * Reads a small file whole.
   * @param path a name that the manifest lists
   * @throws ClipSegError `not-found`, `io`, `network`, `invalid-model` (not the listed content)
   */
  read(path: string, options?: { signal?: AbortSignal }): Promise<Uint8Array>;
  /**
   * Gives a graph to `Backend.createSession`: a local path where there is one, else the bytes.
   * @throws ClipSegError as `read`
   */
  graph(path: string, options?: OpenOptions): Promise<GraphSource>;
}

/**
 * Where a model comes from. A factory returns one; nothing happens before `open`.
 * `testModelSource` of `@clipseg/core/testing` checks a custom one.
 */
export interface ModelSource {
  /** The version of this contract. */
  readonly specificationVersion: 1;
  /** For messages and `info`, e.g. `mini`, `CIDAS/clipseg-rd64-refined`, a folder. */
  readonly name: string;
  /**
   * @throws ClipSegError `not-found`, `network`, `invalid-checkpoint`, `invalid-model`, `io`,
   * `aborted`
   */
  open(options?: OpenOptions): Promise<OpenedModel>;
}
