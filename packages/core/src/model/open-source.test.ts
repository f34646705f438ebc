import { fakeModel } from '@clipseg/core/testing';
import { expect, it } from 'vitest';
import { openSource } from './open-source.js';

const opened = await fakeModel().open();
const opening = (given: unknown, change = {}) =>
  openSource({ ...fakeModel(), ...change, open: async () => given as typeof opened });

it('gives the manifest and the files', async () => {
  const { manifest, read, graph } = await opening(opened);
  expect(manifest).toEqual(opened.manifest);
  expect(await read('merges.txt')).toEqual(await opened.read('merges.txt'));
  expect(await graph('decoder.onnx')).toEqual(await opened.graph('decoder.onnx'));
});

it.each([
  [
    undefined,
    'invalid-argument',
    /^The opened model is undefined, not \{ manifest, read, graph \}/,
  ],
  [{ manifest: opened.manifest }, 'invalid-argument', /not \{ manifest, read, graph \}/],
  [{ ...opened, manifest: undefined }, 'invalid-model', /clipseg\.json/],
  [{ ...opened, manifest: '{"formatVersion":' }, 'invalid-model', /clipseg\.json/],
  [{ ...opened, manifest: { ...opened.manifest, formatVersion: 3 } }, 'invalid-model', /reads 2/],
  [{ ...opened, manifest: new Proxy({}, { get: thrown }) }, 'invalid-argument', /cannot be read/],
])('refuses what is not an opened model: %#', async (given, code, message) => {
  await expect(opening(given)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});
function thrown(): never {
  throw new Error('no');
}

it('refuses a source of another version before it opens', async () => {
  const change = { specificationVersion: 0 };
  await expect(opening(opened, change)).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining('The model source "fake" has the specificationVersion 0'),
  });
});

it('does not open after an abort', async () => {
  const source = { ...fakeModel(), open: thrown };
  const call = openSource(source, { signal: AbortSignal.abort() });
  await expect(call).rejects.toMatchObject({ code: 'aborted' });
});
