export * from '@clipseg/core/postprocess';
