import { seededRandom } from '@clipseg/core/internal';

/**
 * Makes a normalized input, CHW: colored shapes with edges and texture on a gradient. The outlier
 * channels of CLIP depend far more on the weights than on the image.
 */
export function calibrationPixels(seed: number, [h, w]: readonly [number, number]): Float32Array {
  const random = seededRandom(seed);
  const pixels = new Float32Array(3 * h * w);
  const between = (low: number, high: number) => low + (high - low) * random();
  const color = () => [between(-2.1, 2.2), between(-2, 2.4), between(-1.8, 2.6)];
  const [from, to] = [color(), color()];
  const shapes = Array.from({ length: 12 }, () => ({
    y: between(0, h),
    x: between(0, w),
    radius: between(0.04, 0.3) * Math.min(h, w),
    round: random() < 0.5,
    grain: between(0, 0.6),
    color: color(),
  }));
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      let rgb = from.map((value, c) => value + (to[c]! - value) * ((y + x) / (h + w)));
      let grain = 0.05;
      for (const shape of shapes) {
        const [dy, dx] = [y - shape.y, x - shape.x];
        const distance = shape.round ? Math.hypot(dy, dx) : Math.max(Math.abs(dy), Math.abs(dx));
        if (distance < shape.radius) [rgb, grain] = [shape.color, shape.grain];
      }
      const noise = (random() - 0.5) * grain;
      for (let c = 0; c < 3; c++) pixels[c * h * w + y * w + x] = rgb[c]! + noise;
    }
  }
  return pixels;
}
