import type { PostProcessor, Refiner, Thresholder } from '../contracts/post-processor.js';
import { type Definition, definePlugin } from '../util/define-plugin.js';

/**
 * Makes a step of a pipeline from its name, its options and `apply`.
 * @throws ClipSegError `invalid-argument`
 */
export const definePostProcessor = <Options extends object = object>(
  definition: Definition<Options, Pick<PostProcessor, 'apply'>>,
): PostProcessor<Options> => definePlugin(definition, 'apply');

/**
 * Makes a thresholder from its name, its options and `level`.
 * @throws ClipSegError `invalid-argument`
 */
export const defineThresholder = <Options extends object = object>(
  definition: Definition<Options, Pick<Thresholder, 'level'>>,
): Thresholder<Options> => definePlugin(definition, 'level');

/**
 * Makes a refiner from its name, its options and `refine`.
 * @throws ClipSegError `invalid-argument`
 */
export const defineRefiner = <Options extends object = object>(
  definition: Definition<Options, Pick<Refiner, 'refine'>>,
): Refiner<Options> => definePlugin(definition, 'refine');
