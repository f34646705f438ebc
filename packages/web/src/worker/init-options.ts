import type { Dtype } from '@clipseg/core';
import type { DecodeLimits, GraphName, TextCleaning } from '@clipseg/core/model';
import type { DeviceOption } from '../devices/plan.js';
import type { ModelSpec } from '../files/model-spec.js';

/** The options of the thread that computes, as plain data that can be sent to a worker. */
export interface InitOptions {
  readonly model: ModelSpec;
  readonly device?: DeviceOption;
  readonly dtype?: Dtype;
  readonly threads?: number;
  readonly preload: readonly GraphName[];
  readonly selfCheck: boolean;
  /** Name of the cache; if absent, nothing is kept. */
  readonly cache?: string;
  /** Absolute URL of a folder that serves onnxruntime-web's `dist`. */
  readonly ortFolder?: string;
  readonly stallTimeoutMs?: number;
  readonly limits: Required<DecodeLimits>;
  readonly textCacheSize?: number;
  readonly cleaning?: TextCleaning;
  readonly batchSize?: number;
}
