import type { ClipSeg } from '@clipseg/core';
import type { DeviceReport } from '../devices/device.js';
import type { ImageInput } from '../image/input.js';

/** A ClipSeg in the browser. */
export interface WebClipSeg<Custom = never> extends ClipSeg<ImageInput, Custom> {
  /** Which device runs each graph, and why others do not; a new object when that changes. */
  readonly device: DeviceReport;
}
