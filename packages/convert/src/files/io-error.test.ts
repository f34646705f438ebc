import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClipSegError } from '@clipseg/core';
import { expect, test } from 'vitest';
import { failure, temporaryFolder } from '../../test/support/files.js';
import { asIoError } from './io-error.js';
import { writeFile as writeWhole } from './write-file.js';

const folder = temporaryFolder();

test.each([
  ['ENOSPC', /disk is full: free some space/],
  ['EDQUOT', /quota.*free some space/],
  ['EACCES', /No permission to write/],
  ['EPERM', /not permitted/],
  ['EROFS', /read-only/],
  ['EMFILE', /too many files open/],
  ['EXDEV', /Check that the folder exists/],
  ['E2BIG', /Check that the folder exists/],
])('%s gives advice', (code, advice) => {
  const error = asIoError(Object.assign(new Error('x'), { code }), '/models/a') as ClipSegError;
  expect([error.code, error.message]).toEqual(['io', expect.stringMatching(advice)]);
  expect(error.message).toContain(`/models/a (${code})`);
  expect(/free some space/.test(error.message)).toBe(code === 'ENOSPC' || code === 'EDQUOT');
});

test('errors that did not come from the file system are unchanged', () => {
  const others = [new Error('x'), new ClipSegError('aborted', 'x'), undefined, null, { code: 7 }];
  for (const other of [...others, Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG' })]) {
    expect(asIoError(other, 'path')).toBe(other);
  }
});

test('real errors: a missing folder, a file in the path, a folder of the same name', async () => {
  await writeFile(folder.path('file'), '');
  await mkdir(folder.path('folder/inner'), { recursive: true });
  for (const [path, advice] of [
    [folder.path('nowhere/a.bin'), /ENOENT.*does not exist/],
    [join(folder.path('file'), 'a.bin'), /ENOTDIR.*is a file/],
    [folder.path('folder'), /EISDIR.*is a folder|EEXIST|ENOTEMPTY/],
  ] as const) {
    const error = await failure(writeWhole(path, [Uint8Array.of(1)]));
    expect([error.code, error.message]).toEqual(['io', expect.stringMatching(advice)]);
  }
});
