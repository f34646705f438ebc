export * from '@clipseg/core/evaluation';
