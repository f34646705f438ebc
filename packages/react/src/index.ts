export {
  type ClipSegOptions,
  ClipSegProvider,
  type ClipSegProviderProps,
} from './clip-seg-provider.js';
export { DownloadProgress, type DownloadProgressProps } from './components/download-progress.js';
export { PromptInput, type PromptInputProps } from './components/prompt-input.js';
export type { RegionTool } from './components/region-drawing.js';
export { RegionPicker, type RegionPickerProps } from './components/region-picker.js';
export {
  SegmentationCanvas,
  type SegmentationCanvasProps,
} from './components/segmentation-canvas.js';
export type { SegmentationView, ShownSegment } from './components/segmentation-view.js';
export type { ClipSegState, ClipSegStatus } from './store/clip-seg-store.js';
export { type UseClipSeg, type UseClipSegOptions, useClipSeg } from './use-clip-seg.js';
export {
  type UseEncodedImage,
  type UseEncodedImageOptions,
  useEncodedImage,
} from './use-encoded-image.js';
export { type UseMask, type UseMaskOptions, useMask } from './use-mask.js';
export { type UseRawImage, useRawImage } from './use-raw-image.js';
export {
  type UseSegmentation,
  type UseSegmentationOptions,
  useSegmentation,
} from './use-segmentation.js';
