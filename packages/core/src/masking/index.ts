export { blur, darken, none, shift } from './background.js';
export { crop } from './crop.js';
export { applyMasking, maskingMode, paperMasking } from './modes.js';
export { outline } from './outline.js';
export { colorize, greyscale, highlight, highlight2, overlay, rectangle, shape } from './paint.js';
