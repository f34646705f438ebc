import type { MaskingStrategy } from '../../contracts/masking-strategy.js';
import { type Definition, definePlugin } from '../../util/define-plugin.js';
import { ClipSegError } from '../../util/errors.js';
import { showValue } from '../../util/show-value.js';
import { maskingNames } from './masking-names.js';

type MaskingDefinition<Options extends object> = Definition<
  Options,
  Pick<MaskingStrategy, 'apply' | 'resizes'>
>;

/** Makes a built-in masking strategy. */
export const masking = <Options extends object = object>(
  definition: MaskingDefinition<Options>,
): MaskingStrategy<Options> => definePlugin(definition, 'apply');

/**
 * Makes a custom masking strategy from its name, its options and `apply`.
 * @throws ClipSegError `invalid-argument`, also for the name of a built-in strategy: in JSON, the
 *   name would mean that one
 */
export function defineMasking<Options extends object = object>(
  definition: MaskingDefinition<Options>,
): MaskingStrategy<Options> {
  const strategy = masking(definition);
  if (!(maskingNames as readonly string[]).includes(strategy.name)) return strategy;
  throw new ClipSegError(
    'invalid-argument',
    `The name ${showValue(strategy.name)} belongs to a built-in masking strategy.`,
  );
}
