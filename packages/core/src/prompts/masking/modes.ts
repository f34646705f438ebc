import type { MaskedPixels, MaskingStrategy } from '../../contracts/masking-strategy.js';
import { checkText } from '../../util/check.js';
import { ClipSegError } from '../../util/errors.js';
import { showValue } from '../../util/show-value.js';
import { blur, darken, none, shift } from './background.js';
import { crop } from './crop.js';
import { maskingNames } from './masking-names.js';
import { maskingTable } from './masking-table.js';

const minus = () => shift({ by: -0.01 });

/**
 * Returns the best masking of the paper's table 4: crop, background blurred and at 10 %. Unlike the
 * original's crop_blur_highlight it crops first, so that the blur does not depend on the image
 * size.
 */
export const paperMasking = (): readonly MaskingStrategy[] => [crop(), blur(), darken()];

/** The modes of the original's blend_image_segmentation (datasets/utils.py), by their names. */
const modes: Readonly<Record<string, () => readonly MaskingStrategy[]>> = {
  paper: paperMasking,
  image_only: () => [none()],
  blur_highlight: () => [blur({ sigma: 1 }), darken({ background: 0.5 }), minus()],
  blur3_highlight: () => [blur({ sigma: 3 }), darken({ background: 0.5 }), minus()],
  blur3_highlight01: () => [blur({ sigma: 3 }), darken({ background: 0.1 }), minus()],
  crop: () => [blur({ sigma: 1 }), crop({ box: 'original' })],
  crop_blur_highlight: () => [
    blur({ sigma: 3 }),
    darken({ background: 0.1 }),
    crop({ box: 'original' }),
  ],
};

/** Reads a name with or without a number, e.g. `blur=3`. */
function strategyOf(part: string): MaskingStrategy | undefined {
  const [, name = '', number] = /^([\w-]+)(?:=(-?\d+(?:\.\d+)?))?$/.exec(part) ?? [];
  const entry = Object.hasOwn(maskingTable, name) ? maskingTable[name] : undefined;
  if (!entry || (number !== undefined && entry.number === undefined)) return undefined;
  const options = number === undefined ? {} : { [entry.number as string]: Number(number) };
  return entry.make(options as never);
}

/**
 * Reads a masking by name: `paper`, a mode of the original, or strategies in order with `+` between
 * them and `=` before a number, e.g. `crop=0.15+darken=0.1`. (`crop` alone is the original's mode,
 * which blurs first.)
 * @throws ClipSegError `invalid-argument` listing the known names
 */
export function maskingByName(name: string): readonly MaskingStrategy[] {
  checkText(name, 'masking');
  const mode = Object.hasOwn(modes, name) ? modes[name] : undefined;
  if (mode) return mode();
  const parts = name.split('+').map((part) => strategyOf(part.trim()));
  if (parts.every((part) => part !== undefined)) return parts;
  throw new ClipSegError(
    'invalid-argument',
    `There is no masking ${showValue(name)}; choose among ${Object.keys(modes).join(', ')}, or ` +
      `join some of ${maskingNames.join(', ')} with +.`,
  );
}

/** Applies strategies in order. */
export function applyMasking(
  input: MaskedPixels,
  strategies: readonly MaskingStrategy[],
  size: readonly [number, number],
): MaskedPixels {
  return strategies.reduce((picture, strategy) => strategy.apply(picture, size), input);
}
