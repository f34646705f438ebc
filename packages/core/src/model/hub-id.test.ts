import { describe, expect, it } from 'vitest';
import { isHubId } from './hub-id.js';

const long = (length: number) => 'a'.repeat(length);

describe('isHubId', () => {
  it.each([
    'CIDAS/clipseg-rd64-refined',
    'a/b',
    '_a/_b',
    '0/9',
    'a.b/c.d',
    'a-b/c_d-e.f',
    'a/git',
    'a/b.gitx',
    `${long(96)}/${long(96)}`,
  ])('accepts %s', (id) => expect(isHubId(id)).toBe(true));

  it.each([
    '',
    'a',
    '/b',
    'a/',
    'a/b/c',
    '.a/b',
    '-a/b',
    'a/.b',
    'a/-b',
    'a /b',
    'a/b ',
    'a\\b/c',
    'a--b/c',
    'a/b--c',
    'a..b/c',
    'a/b..c',
    'a/b.git',
    'a/b.ipynb',
    'a-/b',
    'a./b',
    'ä/b',
    `${long(97)}/b`,
    `a/${long(97)}`,
    '../b',
    undefined,
    null,
    7,
    ['a/b'],
  ])('refuses %o', (id) => expect(isHubId(id)).toBe(false));
});
