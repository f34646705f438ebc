export * from '@clipseg/core/evaluation';
export { datasetFolder } from '../dataset-folder.js';
