import { ClipSegError } from '@clipseg/node';

/**
 * @typedef {{ swatch: readonly [red: number, green: number, blue: number] }} Swatch
 *   A color, 0 to 255 per channel, that matching pixels have.
 */

/** Colors for which the text encoder has words. */
const named = Object.entries({
  red: [220, 50, 40],
  orange: [245, 150, 40],
  yellow: [250, 215, 60],
  green: [80, 170, 70],
  blue: [50, 110, 210],
  purple: [140, 70, 180],
  pink: [250, 150, 190],
  brown: [130, 80, 50],
  white: [245, 245, 245],
  black: [25, 25, 25],
});

const distance = (a, b) => Math.hypot(...a.map((value, i) => value - b[i]));

/** Computes the share of each named color in a swatch: the closer, the greater. */
function shares(swatch, softness) {
  const weights = named.map(([, color]) => Math.exp(-distance(swatch, color) / softness));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

const isSwatch = (prompt) =>
  typeof prompt === 'object' && prompt !== null && Array.isArray(prompt.swatch);

function check({ swatch }) {
  const valid = (value) => Number.isFinite(value) && value >= 0 && value <= 255;
  if (swatch.length === 3 && swatch.every(valid)) return swatch;
  throw new ClipSegError('invalid-prompt', `The swatch ${swatch} is not [red, green, blue].`);
}

/**
 * Prompts by color. A color between the named ones becomes a mixture of their texts' embeddings.
 * @param {{ softness?: number }} [options] how far colors extend to their neighbors. Default 30.
 * @returns {import('@clipseg/node/prompts').PromptStrategy<Swatch>}
 */
export function swatch({ softness = 30 } = {}) {
  return {
    specificationVersion: 1,
    name: 'swatch',
    accepts: isSwatch,
    label: (prompt) => `rgb(${prompt.swatch.join(', ')})`,
    async encode(prompts, { encodeText }) {
      const colors = prompts.map(check);
      const words = await encodeText(named.map(([name]) => `something ${name}`)); // cached
      return colors.map((color) => {
        const mix = shares(color, softness);
        return words[0].map((_, i) => words.reduce((sum, word, k) => sum + mix[k] * word[i], 0));
      });
    },
  };
}
