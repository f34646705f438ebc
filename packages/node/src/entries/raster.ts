export * from '@clipseg/core/raster';
