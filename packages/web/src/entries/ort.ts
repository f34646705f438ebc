export * from '@clipseg/core/ort';
export type { DeviceChoice } from '../devices/device.js';
export { type OrtWebOptions, ortWeb } from '../devices/ort-web.js';
export type { DeviceOption } from '../devices/plan.js';
