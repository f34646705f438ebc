export {
  drawTint,
  maskBitmap,
  maskBlob,
  maskImageData,
  type Rgb,
  type TintOptions,
  tint,
} from '../image/draw.js';
