import { defineMasking } from '@clipseg/core/prompts';

/**
 * Shows the background in coarse blocks: its colors remain, its objects do not.
 * @param {{ block?: number }} [options] side of a block in pixels. Default 16.
 * @returns {import('@clipseg/core/prompts').MaskingStrategy<{ block: number }>}
 */
export function pixelate({ block = 16 } = {}) {
  return defineMasking({
    name: 'pixelate',
    options: { block },
    apply(input) {
      const { height, width, pixels, mask } = input;
      const columns = Math.ceil(width / block);
      const blockOf = (i) =>
        Math.floor(Math.floor(i / width) / block) * columns + Math.floor((i % width) / block);
      const plane = height * width;
      const result = new Float32Array(pixels.length);
      for (let channel = 0; channel < 3; channel++) {
        const values = pixels.subarray(channel * plane, (channel + 1) * plane);
        const sums = new Float64Array(columns * Math.ceil(height / block));
        const counts = new Float64Array(sums.length);
        for (let i = 0; i < plane; i++) {
          sums[blockOf(i)] += values[i];
          counts[blockOf(i)]++;
        }
        for (let i = 0; i < plane; i++) {
          const coarse = sums[blockOf(i)] / counts[blockOf(i)];
          result[channel * plane + i] = values[i] * mask[i] + coarse * (1 - mask[i]);
        }
      }
      return { ...input, pixels: result };
    },
  });
}
