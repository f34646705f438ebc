export {
  type BlurOptions,
  blur,
  type DarkenOptions,
  darken,
  none,
  type ShiftOptions,
  shift,
} from './background.js';
export { type BoxOf, type CropOptions, crop } from './crop.js';
export { defineMasking } from './define-masking.js';
export { maskingFromJson } from './masking-from-json.js';
export { type MaskingName, maskingNames } from './masking-names.js';
export { maskingTable } from './masking-table.js';
export { applyMasking, paperMasking } from './modes.js';
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
