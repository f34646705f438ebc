import type { RawImage } from '../../contracts/image.js';
import { fakeColor } from './fake-color.js';

export interface FakeImageOptions {
  /** Pixels. Default 64, the resolution of the fake model. */
  readonly width?: number;
  /** Pixels. Default 64. */
  readonly height?: number;
}

/**
 * Draws vertical stripes of equal width from left to right, one per text, each in the color of its
 * text.
 * @param texts at least one
 * @throws ClipSegError `invalid-prompt` as `fakeColor`
 */
export function fakeImage(texts: readonly string[], options: FakeImageOptions = {}): RawImage {
  const { width = 64, height = 64 } = options;
  const colors = texts.map(fakeColor);
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    data.set(colors[Math.floor(((i % width) * colors.length) / width)]!, i * 3);
  }
  return { width, height, channels: 3, data };
}
