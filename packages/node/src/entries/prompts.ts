export * from '@clipseg/core/prompts';
