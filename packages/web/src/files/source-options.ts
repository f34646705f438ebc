import type { ByteStore, Manifest, OpenedModel, OpenOptions } from '@clipseg/core/model';

/** A model whose files are verified against its manifest on every load. */
export interface WebSource {
  readonly name: string;
  readonly manifest: Manifest;
  files(options: OpenOptions): Promise<Pick<OpenedModel, 'read' | 'graph'>>;
}

export interface WebSourceOptions {
  readonly store?: ByteStore;
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal;
  /** See `createClipSeg`. */
  readonly stallTimeoutMs?: number;
  /** Called once, when the store fails and nothing is kept. */
  readonly onWarning?: (message: string) => void;
}
