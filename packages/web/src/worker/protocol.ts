import type {
  ClipSeg,
  ClipSegErrorCode,
  Dtype,
  GraphName,
  ModelInfo,
  Progress,
} from '@clipseg/core';
import type { DeviceReport } from '../devices/device.js';

/** Everything of a ClipSeg that is called in the worker. */
export type Method = Exclude<keyof ClipSeg, 'model' | 'dispose'>;

/** A method of the contract that is missing here does not compile; here it costs one line. */
export const methods = Object.keys({
  encodeImage: true,
  encodePrompts: true,
  countTokens: true,
  decode: true,
  segment: true,
  selfCheck: true,
} satisfies Record<Method, true>) as readonly Method[];

/** An error as data; `cause` stays where it was thrown. */
export interface ErrorData {
  readonly code?: ClipSegErrorCode;
  readonly message: string;
  readonly stack?: string;
}

/** What the worker says when it is ready. */
export interface Ready {
  readonly model: ModelInfo;
  readonly device: DeviceReport;
}

/** What a worker asks of a model source that lives in the page. */
export type Ask =
  | { readonly what: 'open'; readonly dtype?: Dtype; readonly graphs?: readonly GraphName[] }
  | { readonly what: 'read' | 'graph'; readonly path: string };

export type ToWorker =
  | {
      readonly type: 'call';
      readonly id: number;
      readonly method: Method | 'init';
      readonly args: readonly unknown[];
    }
  | { readonly type: 'abort'; readonly id: number }
  /** Encoded images that the page has forgotten. */
  | { readonly type: 'release'; readonly kept: number }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly value?: unknown;
      readonly error?: ErrorData;
    };

export type FromWorker =
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorData }
  /** The worker no longer has an array that the call named by its handle: send it whole. */
  | { readonly type: 'forgotten'; readonly id: number }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'device'; readonly device: DeviceReport }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'ask'; readonly id: number; readonly ask: Ask };
