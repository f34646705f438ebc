import type { GraphSource } from './backend.js';
import type { Dtype, GraphName } from './graph.js';
import type { Manifest } from './manifest.js';

/** Progress of a long operation. */
export interface Progress {
  /**
   * The operation: `download`, `convert`, or `wait`, if another process must finish first or a
   * server asks for time. Then `file` says what the wait is for, and the bytes are 0.
   */
  readonly stage: string;
  readonly file: string;
  readonly loadedBytes: number;
  /** 0 if unknown. */
  readonly totalBytes: number;
  /** Totals over all files of a download, if the source knows them. */
  readonly overall?: { readonly loadedBytes: number; readonly totalBytes: number };
}

export interface OpenOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Called with warnings about a model that opens nevertheless. */
  onWarning?: (message: string) => void;
  /** The variant to use, so that a source need not fetch or make others. */
  dtype?: Dtype;
  /** The graphs that will be loaded immediately. */
  graphs?: readonly GraphName[];
}

/** An opened model. Its files are read on demand. */
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
   * Returns a graph for `Backend.createSession`: a local path if there is one, else the bytes.
   * @throws ClipSegError as `read`
   */
  graph(path: string, options?: OpenOptions): Promise<GraphSource>;
}

/**
 * Provides a model. Factories return one; nothing is read before `open`. Test a custom source with
 * `testModelSource` of `@clipseg/core/testing`.
 */
export interface ModelSource {
  /** The version of this contract. */
  readonly specificationVersion: 1;
  /** Name in messages and `info`, e.g. `mini`, `CIDAS/clipseg-rd64-refined`, a folder. */
  readonly name: string;
  /**
   * @throws ClipSegError `not-found`, `network`, `invalid-checkpoint`, `invalid-model`, `io`,
   * `aborted`
   */
  open(options?: OpenOptions): Promise<OpenedModel>;
}
