export * from '@clipseg/core/testing';
