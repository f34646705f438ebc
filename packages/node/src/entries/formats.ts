export * from '@clipseg/core/formats';
