import { ClipSegError } from '@clipseg/core';
import type { DatasetFiles } from '@clipseg/core/evaluation';
import { throwIfAborted } from '@clipseg/core/internal';
import { checkRawImage, type ImageDecoder } from '@clipseg/core/model';
import { type ContractCase, testDatasetFiles, testImageDecoder } from '@clipseg/core/testing';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';

const failing = async (cases: readonly ContractCase[]): Promise<string[]> => {
  const names: string[] = [];
  for (const { name, run } of cases) await run().catch(() => names.push(name));
  return names;
};

/** Decodes PNGs and takes raw images. */
const decodeImage: ImageDecoder = async (input, options) => {
  throwIfAborted(options?.signal);
  if (!(input instanceof Uint8Array)) return checkRawImage(input);
  try {
    return checkRawImage(decode(input));
  } catch (cause) {
    throw new ClipSegError('invalid-image', 'The bytes are not an image.', { cause });
  }
};
const suiteOf = (decoder: ImageDecoder) =>
  testImageDecoder({ decodeImage: decoder, inputOf: (png) => png });

describe('testImageDecoder', () => {
  for (const { name, run } of suiteOf(decodeImage)) it(name, run);

  it.each([
    ['swaps red and blue', change((data) => data.map((_, i) => data[i + 2 - 2 * (i % 3)]!))],
    ['turns images upside down', change((data) => data.slice().reverse())],
    ['drops alpha', change((data, channels) => (channels === 4 ? data.fill(255) : data))],
  ])('detects a decoder that %s', async (_, decoder) => {
    expect(await failing(suiteOf(decoder))).not.toEqual([]);
  });
  function change(edit: (data: Uint8Array, channels: number) => Uint8Array): ImageDecoder {
    return async (input, options) => {
      const image = await decodeImage(input, options);
      const data = edit(Uint8Array.from(image.data), image.channels);
      return input instanceof Uint8Array ? { ...image, data } : image;
    };
  }

  it('detects a decoder that forgets aborting, raw images or its errors', async () => {
    expect(await failing(suiteOf((input) => decodeImage(input)))).toEqual(['ImageDecoder: aborts']);
    const filesOnly: ImageDecoder = (input, options) =>
      decodeImage(Uint8Array.from(input as Uint8Array), options);
    expect((await failing(suiteOf(filesOnly))).join()).toMatch(/a RawImage with the same pixels/);
    const unnamed: ImageDecoder = (input, options) =>
      decodeImage(input, options).catch(() => {
        throw new Error('something');
      });
    expect(await failing(suiteOf(unnamed))).toHaveLength(4);
  });
});

const inMemory = (files: Readonly<Record<string, Uint8Array>>): DatasetFiles => {
  const read = (path: string): Uint8Array => {
    const file = files[path];
    if (file) return file;
    throw new ClipSegError('not-found', `There is no ${path}.`);
  };
  return {
    name: 'in memory',
    text: async (path) => new TextDecoder().decode(read(path)),
    async list(folder) {
      const prefix = folder === '' ? '' : `${folder}/`;
      const inside = Object.keys(files).filter((path) => path.startsWith(prefix));
      return [...new Set(inside.map((path) => path.slice(prefix.length).split('/')[0]!))].sort();
    },
    image: read,
    pixels: async (path) => decodeImage(read(path)),
  };
};

describe('testDatasetFiles', () => {
  for (const { name, run } of testDatasetFiles({ create: inMemory, decodeImage })) it(name, run);

  it.each([
    ['has no name', () => ({ name: '' }), /has a name/],
    [
      'lists in any order',
      ({ list }) => ({ list: async (f) => (await list(f)).reverse() }),
      /sort/,
    ],
    [
      'throws where there is no folder',
      ({ list }) => ({
        async list(folder) {
          const names = await list(folder);
          if (names.length > 0) return names;
          throw new Error('no folder');
        },
      }),
      /lists nothing/,
    ],
    ['gives another image', ({ image }) => ({ image: () => image('images/none.png') }), /decodes/],
    ['gives empty texts', () => ({ text: async () => '' }), /UTF-8.*does not have/],
  ] as [string, (files: DatasetFiles) => Partial<DatasetFiles>, RegExp][])(
    'detects an implementation that %s',
    async (_, change, names) => {
      const create = (files: Readonly<Record<string, Uint8Array>>) => {
        const right = inMemory(files);
        return { ...right, ...change(right) };
      };
      expect((await failing(testDatasetFiles({ create, decodeImage }))).join()).toMatch(names);
    },
  );
});
