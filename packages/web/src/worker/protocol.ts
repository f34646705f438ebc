import type { ClipSeg, ClipSegErrorCode, DeviceReport, Dtype, Progress } from '@clipseg/core';
import type { GraphName, ModelInfo } from '@clipseg/core/model';

/** The methods of a ClipSeg that run in the worker. */
export type Method = Exclude<keyof ClipSeg, 'model' | 'device' | 'dispose'>;

/** A new method of the contract needs a line here; without it, this does not compile. */
export const methods = Object.keys({
  encodeImage: true,
  encodePrompts: true,
  countTokens: true,
  decode: true,
  segment: true,
  selfCheck: true,
} satisfies Record<Method, true>) as readonly Method[];

/** An error as data, without its `cause`. */
export interface ErrorData {
  readonly code?: ClipSegErrorCode;
  readonly message: string;
  readonly stack?: string;
}

/** The worker's answer when it is ready. */
export interface Ready {
  readonly model: ModelInfo;
  readonly device: DeviceReport;
}

/** A worker's request to a model source in the page. */
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
  /** The page no longer holds this encoded image. */
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
  /** The worker no longer has an array that the call named by handle: send the whole array. */
  | { readonly type: 'forgotten'; readonly id: number }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'device'; readonly device: DeviceReport }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'ask'; readonly id: number; readonly ask: Ask };
