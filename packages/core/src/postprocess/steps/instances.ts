import type { PostProcessor } from '../../contracts/post-processor.js';
import { checkCount, checkOptions } from '../../util/check.js';
import { definePostProcessor } from '../define.js';
import {
  checkInstanceOptions,
  findInstances,
  type InstanceOptions,
  instanceMask,
} from '../instances.js';
import { cut, withMask } from './draft.js';

function keeping<Options extends object>(
  name: string,
  options: Options,
  kept: InstanceOptions,
): PostProcessor<Options> {
  checkInstanceOptions(kept);
  return definePostProcessor({
    name,
    options,
    apply(draft) {
      const whole = cut(draft);
      const { scores } = draft;
      const instances = findInstances(whole.mask, draft, { ...kept, scores });
      return { ...withMask(whole, instanceMask(instances, draft)), instances };
    },
  });
}

/**
 * Splits the mask into its connected parts, and keeps those that are wanted.
 * @throws ClipSegError `invalid-argument`
 */
export function instances(given: InstanceOptions = {}): PostProcessor<InstanceOptions> {
  const options = checkOptions(given, 'instances');
  return keeping('instances', options, options);
}

export interface LargestOptions {
  /** Number of parts to keep. Default 1. */
  readonly count?: number;
}

/**
 * Keeps the largest parts.
 * @throws ClipSegError `invalid-argument`
 */
export function largest(options: LargestOptions = {}): PostProcessor<LargestOptions> {
  const { count = 1 } = checkOptions(options, 'largest');
  checkCount(count, 'count');
  return keeping('largest', { count }, { top: count });
}
