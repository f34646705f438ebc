export * from '@clipseg/core/ort';
export { availableDevices, type OrtNodeOptions, ortNode } from '../native/ort-node.js';
