import type { ClipSeg } from '@clipseg/core';
import type { DeviceReport } from '../devices/device.js';
import type { ImageInput } from '../image/input.js';

/** A ClipSeg in the browser. */
export interface WebClipSeg extends ClipSeg<ImageInput> {
  /** What runs where, and why not elsewhere; a new object when that changes. */
  readonly device: DeviceReport;
}
