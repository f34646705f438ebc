import { ClipSegError, type RawImage } from '@clipseg/core';
import {
  coco20i,
  cocoDataset,
  type Dataset,
  type DatasetFiles,
  folderDataset,
  pascal5i,
  phraseCut,
} from '@clipseg/core/evaluation';
import { mutateText } from '../generators/bytes.js';
import { hostileString } from '../generators/hostile.js';
import { jsonText, mutateValue } from '../generators/json.js';
import type { Random } from '../random.js';
import { promise, target } from '../target.js';

type Texts = Readonly<Record<string, string>>;

const PIXELS: RawImage = { width: 64, height: 64, channels: 1, data: new Uint8Array(4096).fill(1) };
const COLORS: RawImage = { width: 8, height: 8, channels: 3, data: new Uint8Array(192).fill(77) };

/** Files of a dataset in memory. */
function filesOf(
  texts: Texts,
  names: Readonly<Record<string, readonly string[]>>,
  pixels: RawImage,
): DatasetFiles {
  return {
    name: 'memory',
    async text(path) {
      const text = texts[path];
      if (text !== undefined) return text;
      throw new ClipSegError('not-found', 'The file does not exist.');
    },
    list: async (folder) => [...(names[folder] ?? [])],
    image: (path) => path,
    pixels: async () => pixels,
  };
}

/** Reads everything from a dataset, including the masks. */
async function readAll(dataset: Dataset): Promise<void> {
  for await (const { examples } of dataset.pictures()) {
    for (const { truth, label, kind } of examples) {
      const { width, height, data } = await truth();
      promise(data.length === width * height, 'size and mask');
      promise(typeof label === 'string' && typeof kind === 'string', 'a label is not a text');
    }
  }
}

const RLE = { size: [4, 6], counts: [3, 5, 16] };
const FOLDER = [
  {
    image: 'a.jpg',
    size: [4, 6],
    prompts: [
      { text: 'a cat', rle: RLE },
      { text: 'a dog', kind: 'absent', category: 'dog', polygons: [[0, 0, 3, 0, 3, 3]] },
      { text: 'x', mask: 'a.png' },
    ],
    image_prompts: [{ support: 'b.jpg', support_rle: RLE, label: 'cat', rle: RLE }],
  },
  {
    image: 'b.jpg',
    prompts: [],
    image_prompts: [
      {
        support: 'a.jpg',
        support_size: [4, 6],
        support_polygons: [[0, 0, 3, 0, 3, 3]],
        label: 'dog',
        rle: RLE,
      },
    ],
  },
];
const image = (id: number) => ({ id, file_name: `${id}.jpg`, width: 6, height: 4 });
const COCO = {
  images: [image(1), image(2)],
  categories: [
    { id: 1, name: 'cat' },
    { id: 2, name: 'dog' },
  ],
  annotations: [
    { image_id: 1, category_id: 1, segmentation: RLE, iscrowd: 1 },
    { image_id: 2, category_id: 1, segmentation: [[0, 0, 3, 0, 3, 3]], iscrowd: 0 },
    { image_id: 2, category_id: 2, segmentation: [[0, 0, 3, 0, 3, 3]], iscrowd: 0 },
  ],
};
const TASKS = [
  {
    image_id: 1,
    phrase: 'a black cat',
    Polygons: [
      [
        [
          [0, 0],
          [3, 0],
          [3, 3],
        ],
      ],
    ],
  },
  { image_id: 2, phrase: 'a dog', Polygons: [] },
];
const IMAGES = [
  { image_id: 1, width: 6, height: 4 },
  { image_id: 2, width: 6, height: 4 },
];
const LIST = 'a\nJPEGImages/b.jpg SegmentationClassAug/b.png\n';
const PASCAL = { SegmentationClass: ['a.png', 'b.png'] };
const COCO_NAMES = { annotations: ['instances_val.json'], images: ['1.jpg'], '': [] };

const prompts = (random: Random) =>
  random.pick([undefined, ['text'], ['image', 'mix', 'text']]) as ('text' | 'image')[] | undefined;
const datasets = 'core/src/evaluation/datasets';

export const datasetTargets = [
  target({
    name: 'data sets in folders',
    covers: [`${datasets}/folder.ts`, `${datasets}/parse.ts`],
    input: (random) =>
      [jsonText(random, FOLDER), random.chance(0.1), hostileString(random)] as const,
    run([json, plain, name]) {
      const names: Readonly<Record<string, readonly string[]>> = plain
        ? { images: [name], masks: [name], [`masks/${name}`]: [name] }
        : { '': ['annotations.json'] };
      return readAll(folderDataset(filesOf({ 'annotations.json': json }, names, PIXELS)));
    },
  }),
  target({
    name: 'data sets as COCO and COCO-20i',
    covers: [`${datasets}/coco.ts`, `${datasets}/few-shot.ts`],
    input: (random) =>
      [
        jsonText(random, COCO),
        random.chance(0.5),
        random.chance(0.9) ? 0 : mutateValue(random, 0),
        prompts(random),
      ] as const,
    run([json, folds, fold, kinds]) {
      const files = filesOf({ 'annotations/instances_val.json': json }, COCO_NAMES, PIXELS);
      const options = { prompts: kinds, shots: 2 };
      return readAll(
        folds ? coco20i(files, { ...options, fold: fold as number }) : cocoDataset(files, options),
      );
    },
  }),
  target({
    name: 'data sets as Pascal-5i',
    covers: [`${datasets}/pascal-5i.ts`],
    weight: 0.3,
    input: (random) =>
      [
        mutateText(random, [LIST], ['\n', ' ', '../', '\0', 'a', '.png', '😀', '\r']),
        random.chance(0.9) ? 0 : mutateValue(random, 0),
        random.chance(0.8) ? PIXELS : COLORS,
        prompts(random),
      ] as const,
    run([list, fold, pixels, kinds]) {
      const files = filesOf({ 'ImageSets/Segmentation/val.txt': list }, PASCAL, pixels);
      return readAll(pascal5i(files, { fold: fold as number, prompts: kinds }));
    },
  }),
  target({
    name: 'data sets as PhraseCut',
    covers: [`${datasets}/phrase-cut.ts`],
    input: (random) =>
      [
        jsonText(random, TASKS),
        random.chance(0.6) ? JSON.stringify(IMAGES) : jsonText(random, IMAGES),
      ] as const,
    run([tasks, images]) {
      const texts = { 'refer_test.json': tasks, 'image_data.json': images };
      return readAll(phraseCut(filesOf(texts, { '': ['image_data.json'] }, PIXELS)));
    },
  }),
];
