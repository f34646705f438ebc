import { encode } from 'fast-png';
import type { ImageDecoder } from '../contracts/image.js';
import type { DatasetFiles } from '../evaluation/dataset.js';
import { toRgb } from '../image/raw-image.js';
import { type ContractCase, expect, expectError, sameNumbers } from './contract.js';

export interface TestDatasetFilesOptions<ImageInput> {
  /** Makes the files available; a fresh place for every case. Paths are relative, with `/`. */
  create(
    files: Readonly<Record<string, Uint8Array>>,
  ): Promise<DatasetFiles<ImageInput>> | DatasetFiles<ImageInput>;
  /** Decodes the inputs of `image`. Default: they are not decoded. */
  readonly decodeImage?: ImageDecoder<ImageInput>;
}

const utf8 = new TextEncoder();
const size = { width: 3, height: 2 };
const pixels = Uint8Array.from({ length: 18 }, (_, i) => i * 14);
const png = encode({ ...size, channels: 3, depth: 8, data: pixels });

const files: Readonly<Record<string, Uint8Array>> = {
  'annotations.json': utf8.encode('[{"text": "Löwe 🦁"}]'),
  'images/b.png': png,
  'images/a 1#é.png': png,
  'images/B.png': png,
  'masks/a cat/a.png': png,
  'masks/dog/b.png': utf8.encode('This is not an image.'),
};

/**
 * Tests what every `DatasetFiles` must do, with six small files.
 * @returns one case per requirement
 */
export function testDatasetFiles<ImageInput>(
  options: TestDatasetFilesOptions<ImageInput>,
): ContractCase[] {
  const { create, decodeImage } = options;
  const on = (name: string, use: (files: DatasetFiles<ImageInput>) => Promise<void>) => ({
    name: `DatasetFiles: ${name}`,
    run: async () => use(await create(files)),
  });
  return [
    on('has a name', async ({ name }) => {
      expect(typeof name === 'string' && name.trim() !== '', 'the name is a text, not empty');
    }),
    on('reads texts as UTF-8', async ({ text }) => {
      const content = await text('annotations.json');
      expect(content === '[{"text": "Löwe 🦁"}]', `the text is the file's, not ${content}`);
    }),
    on('lists files and folders by name, sorted', async ({ list }) => {
      for (const [folder, expected] of [
        ['', 'annotations.json|images|masks'],
        ['images', 'B.png|a 1#é.png|b.png'],
        ['masks', 'a cat|dog'],
        ['masks/a cat', 'a.png'],
      ] as const) {
        const names = (await list(folder)).join('|');
        expect(names === expected, `"${folder}" lists ${expected}, not ${names}`);
      }
    }),
    on('lists nothing where there is no folder', async ({ list }) => {
      for (const folder of ['none', 'masks/none', 'annotations.json']) {
        expect((await list(folder)).length === 0, `"${folder}" lists nothing`);
      }
    }),
    on('decodes images', async (folder) => {
      for (const path of ['images/b.png', 'images/a 1#é.png', 'masks/a cat/a.png']) {
        const image = await folder.pixels(path);
        const { width, height } = image;
        expect(width === size.width && height === size.height, `${path} has 3 x 2 pixels`);
        expect(sameNumbers(toRgb(image).data, pixels), `${path} has the pixels of its file`);
        if (!decodeImage) continue;
        const input = await decodeImage(folder.image(path));
        expect(sameNumbers(toRgb(input).data, pixels), `image(${path}) is the same image`);
      }
    }),
    on('refuses what it does not have', async (folder) => {
      await expectError('not-found', () => folder.text('none.json'), 'a text that is not there');
      await expectError('not-found', () => folder.text('images'), 'a folder as a text');
      await expectError('not-found', () => folder.pixels('images/none.png'), 'a missing image');
      const malformed = () => folder.pixels('masks/dog/b.png');
      await expectError('invalid-image', malformed, 'a file that is not an image');
    }),
  ];
}
