export {
  type ClipSegOptions,
  ClipSegProvider,
  type ClipSegProviderProps,
} from './clip-seg-provider.js';
export type { ClipSegState, ClipSegStatus } from './store/clip-seg-store.js';
export type { TaskState } from './store/task-store.js';
export { type UseClipSeg, type UseClipSegOptions, useClipSeg } from './use-clip-seg.js';
export {
  type UseEncodedImage,
  type UseEncodedImageOptions,
  useEncodedImage,
} from './use-encoded-image.js';
export {
  type UseSegmentation,
  type UseSegmentationOptions,
  useSegmentation,
} from './use-segmentation.js';
