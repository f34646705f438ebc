import type { PostProcessor } from '../../contracts/post-processor.js';
import { checkCount, checkOptions } from '../../util/check.js';
import {
  checkInstanceOptions,
  findInstances,
  type InstanceOptions,
  instanceMask,
} from '../instances.js';
import { cut, withMask } from './draft.js';

function keeping(name: string, options: InstanceOptions): PostProcessor {
  checkInstanceOptions(options);
  return {
    name,
    apply(draft) {
      const whole = cut(draft);
      const { scores } = draft;
      const instances = findInstances(whole.mask, draft, { ...options, scores });
      return { ...withMask(whole, instanceMask(instances, draft)), instances };
    },
  };
}

/**
 * Takes the mask apart into its connected parts, and keeps those that are wanted.
 * @throws ClipSegError `invalid-argument`
 */
export function instances(given: InstanceOptions = {}): PostProcessor & InstanceOptions {
  const options = checkOptions(given, 'instances');
  return { ...options, ...keeping('instances', options) };
}

export interface LargestOptions {
  /** How many. Default 1. */
  readonly count?: number;
}

/**
 * Keeps the largest part.
 * @throws ClipSegError `invalid-argument`
 */
export function largest(options: LargestOptions = {}): PostProcessor & LargestOptions {
  const { count = 1 } = checkOptions(options, 'largest');
  checkCount(count, 'count');
  return { count, ...keeping('largest', { top: count }) };
}
