import { ClipSegError, type Dtype } from '@clipseg/core';
import { showValue } from '@clipseg/core/internal';
import { dtypes } from '@clipseg/core/model';

/**
 * @param given `['fp32']` by default
 * @returns the dtypes without duplicates
 * @throws ClipSegError `invalid-argument` for an empty list or an unknown dtype
 */
export function checkDtypes(given: readonly Dtype[] = ['fp32']): Dtype[] {
  const unknown = given.find((dtype) => !dtypes.includes(dtype));
  if (unknown === undefined && given.length > 0) return [...new Set(given)];
  const what = unknown === undefined ? 'none given' : showValue(unknown);
  throw new ClipSegError('invalid-argument', `dtypes: ${what}; choose among ${dtypes.join(', ')}.`);
}
