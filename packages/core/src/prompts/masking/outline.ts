import type { MaskedPixels, MaskingStrategy } from '../../contracts/masking-strategy.js';
import { checkOptions, checkRange } from '../../util/check.js';
import { masking } from './define-masking.js';
import { type Color, checkColor, painted, unnormalized } from './paint.js';

/** Marks background that is connected to the edge of the image; holes of the region are not. */
function outside({ mask, width, height }: MaskedPixels): Uint8Array {
  const seen = new Uint8Array(mask.length);
  const queue: number[] = [];
  const visit = (x: number, y: number) => {
    const i = y * width + x;
    if (x < 0 || y < 0 || x >= width || y >= height || seen[i] || mask[i]! > 0) return;
    seen[i] = 1;
    queue.push(i);
  };
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) visit(x, y);
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) visit(x, y);
  for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
    const [x, y] = [i % width, Math.floor(i / width)];
    visit(x - 1, y);
    visit(x + 1, y);
    visit(x, y - 1);
    visit(x, y + 1);
  }
  return seen;
}

/**
 * Marks pixels within `radius` of the region's outermost pixels, as OpenCV draws outer contours.
 */
function outlineOf(input: MaskedPixels, radius: number): Uint8Array {
  const { mask, width, height } = input;
  const free = outside(input);
  const isFree = (x: number, y: number) =>
    x < 0 || y < 0 || x >= width || y >= height || free[y * width + x] === 1;
  const line = new Uint8Array(mask.length);
  for (let i = 0; i < mask.length; i++) {
    if (mask[i]! <= 0) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    const edge = isFree(x - 1, y) || isFree(x + 1, y) || isFree(x, y - 1) || isFree(x, y + 1);
    if (!edge) continue;
    for (let v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++) {
      for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++) {
        if ((u - x) ** 2 + (v - y) ** 2 <= radius ** 2) line[v * width + u] = 1;
      }
    }
  }
  return line;
}

export interface OutlineOptions {
  /** Width in pixels, 1 to 100, as OpenCV counts them. Default 5. */
  readonly lineWidth?: number;
  /** Default 255, 0, 0. */
  readonly color?: Color;
}

/** Draws a line along the region's outer contour (img_preprocess, outline). */
export function outline(options: OutlineOptions = {}): MaskingStrategy<OutlineOptions> {
  const { lineWidth = 5, color = [255, 0, 0] } = checkOptions(options, 'outline');
  const paint = checkColor(color, 'color');
  checkRange(lineWidth, 'lineWidth', 1, 100);
  return masking({
    name: 'outline',
    options: { lineWidth, color },
    apply(input) {
      const line = outlineOf(input, (lineWidth + 1) >> 1);
      const colorAt = unnormalized(input);
      return painted(input, (i) => (line[i] ? paint : colorAt(i)));
    },
  });
}
