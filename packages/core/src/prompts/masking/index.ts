export { type BlurOptions, blur, type DarkenOptions, darken, none, shift } from './background.js';
export { type BoxOf, type CropOptions, crop } from './crop.js';
export { applyMasking, maskingMode, paperMasking } from './modes.js';
export { type OutlineOptions, outline } from './outline.js';
export {
  type Color,
  type ColorizeOptions,
  colorize,
  greyscale,
  highlight,
  highlight2,
  overlay,
  type RectangleOptions,
  rectangle,
  shape,
} from './paint.js';
export { tokenMask } from './token-mask-strategy.js';
