import { ClipSegError } from '@clipseg/core';
import { expect, it } from 'vitest';
import { checkSpecification } from './specification.js';

const refusal = (plugin: unknown): unknown => {
  try {
    checkSpecification(plugin, 'backend');
  } catch (error) {
    return ClipSegError.isInstance(error) && [error.code, error.message];
  }
  return undefined;
};

it('lets pass what was written for this version', () => {
  expect(refusal({ name: 'mine', specificationVersion: 1 })).toBeUndefined();
});

const wants = 'and this version of @clipseg/core takes 1.';
it.each([
  [{ name: 'mine' }, `The backend "mine" has no specificationVersion, ${wants}`],
  [
    { name: 'mine', specificationVersion: 2 },
    `The backend "mine" has the specificationVersion 2, ${wants}`,
  ],
  [
    { name: 'mine', specificationVersion: '1' },
    `The backend "mine" has the specificationVersion "1", ${wants}`,
  ],
  [{ specificationVersion: 0 }, `The backend has the specificationVersion 0, ${wants}`],
  [undefined, `The backend has no specificationVersion, ${wants}`],
])('refuses %o in one sentence', (plugin, message) => {
  expect(refusal(plugin)).toEqual(['invalid-argument', message]);
});

it('refuses what throws when it is looked at', () => {
  const hostile = {
    get specificationVersion() {
      throw new Error('no');
    },
  };
  expect(refusal(hostile)).toEqual(['invalid-argument', 'The backend cannot be read.']);
});
