import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  coco20i,
  cocoDataset,
  type Dataset,
  type Example,
  folderDataset,
  type Picture,
  pascal5i,
  phraseCut,
} from '@clipseg/core/evaluation';
import { encodeCocoRle } from '@clipseg/core/raster';
import { datasetFolder } from '@clipseg/node/evaluation';
import type { MixPrompt, Support } from '@clipseg/node/prompts';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clipseg-datasets-'));
});
afterAll(() => rm(root, { recursive: true }));

const [width, height] = [8, 6];
/** A mask of the columns before `end`. */
const left = (end: number) =>
  Uint8Array.from({ length: width * height }, (_, i) => (i % width < end ? 1 : 0));
const png = (data: Uint8Array, channels: 1 | 3 = 1, size = { width, height }) =>
  sharp(data, { raw: { ...size, channels } })
    .png()
    .toBuffer();
const photo = () => png(new Uint8Array(width * height * 3).fill(90), 3);

async function written(name: string, files: Record<string, string | object>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, name, path);
    await mkdir(dirname(file), { recursive: true });
    const raw = typeof content === 'string' || Buffer.isBuffer(content);
    await writeFile(file, raw ? content : JSON.stringify(content));
  }
  return join(root, name);
}

async function all<T>(dataset: Dataset<T>): Promise<Picture<T>[]> {
  const pictures: Picture<T>[] = [];
  for await (const picture of dataset.pictures()) pictures.push(picture);
  return pictures;
}
const labels = (pictures: readonly Picture[]) =>
  pictures.map(({ name, examples }) => [name, ...examples.map((e) => `${e.kind} ${e.label}`)]);
const truthOf = async (example: Example | undefined) => [...(await example!.truth()).data];

describe('a folder', () => {
  it('with masks by prompt', async () => {
    const folder = await written('plain', {
      'images/a.png': await photo(),
      'images/b.jpg': await sharp(await photo())
        .jpeg()
        .toBuffer(),
      'masks/a cat/a.png': await png(left(3).map((v) => v * 255)),
      'masks/a cat/b.png': await png(left(1).map((v) => v * 255)),
      'masks/dog/b.png': await png(left(2).map((v) => v * 255)),
    });
    const pictures = await all(folderDataset(datasetFolder(folder)));
    expect(labels(pictures)).toEqual([
      ['a.png', 'text a cat'],
      ['b.jpg', 'text a cat', 'text dog'],
    ]);
    expect(await truthOf(pictures[0]?.examples[0])).toEqual([...left(3)]);
    expect(pictures[0]?.image).toBe(join(folder, 'images/a.png'));
  });

  const annotated = async () => {
    const [rle, square] = [encodeCocoRle(left(2), { width, height }), [0, 0, 4, 0, 4, 4, 0, 4]];
    const prompts = [
      { text: 'cat', rle },
      { text: 'animal', kind: 'group', category: 'animals', polygons: [square] },
      { text: 'dog', kind: 'absent', mask: 'none.png' },
    ];
    const shown = (label: string, support: string) => [
      { support, support_rle: rle, label, mask: 'some.png' },
    ];
    return written('annotated', {
      'images/a.png': await photo(),
      'images/b.png': await photo(),
      'masks/none.png': await png(new Uint8Array(width * height)),
      'masks/some.png': await png(left(5).map((v) => v * 255)),
      'annotations.json': [
        { image: 'a.png', size: [height, width], prompts, image_prompts: shown('cat', 'b.png') },
        { image: 'b.png', image_prompts: shown('bird', 'a.png') },
      ],
    });
  };

  it('with annotations.json', async () => {
    const options = {
      templates: 'fixed',
      masking: 'darken',
      supportResolution: 64,
      mix: 0.25,
    } as const;
    const folder = await annotated();
    const pictures = await all(folderDataset(datasetFolder(folder), options));
    expect(labels(pictures)).toEqual([
      [
        'a.png',
        'text cat',
        'group animal',
        'absent dog',
        'image cat',
        'label of the same cat',
        'mix cat',
        'image of another cat',
      ],
      ['b.png', 'image bird', 'label of the same bird', 'mix bird', 'image of another bird'],
    ]);
    const [cat, animal, dog, image, , mix, wrong] = pictures[0]!.examples;
    expect(cat!.prompt).toEqual({ text: 'cat', templates: 'fixed' });
    expect(animal!.category).toBe('animals');
    expect(await truthOf(cat)).toEqual([...left(2)]);
    expect((await truthOf(animal)).filter(Boolean)).toHaveLength(16);
    expect(await truthOf(dog)).not.toContain(1);
    const support = image!.prompt as Support;
    expect(support).toMatchObject({ masking: 'darken', resolution: 64, label: 'cat' });
    expect(support.image).toBe(join(folder, 'images/b.png'));
    expect(support.region).toEqual({ mask: left(2) });
    expect((wrong!.prompt as Support).image).toBe(join(folder, 'images/a.png'));
    expect((mix!.prompt as MixPrompt).weights).toEqual([0.75, 0.25]);
    expect(await truthOf(image)).toEqual([...left(5)]);
  });

  it.each([
    ['neither', {}, /holds neither annotations\.json nor images/],
    ['invalid JSON', { 'annotations.json': '{' }, /annotations\.json is not JSON/],
    ['something other than a list', { 'annotations.json': {} }, /no list of pictures/],
    [
      'a prompt that is not text',
      { 'annotations.json': [{ image: 'a', prompts: [{ text: 1 }] }] },
      /text is 1/,
    ],
  ])('%s is refused', async (name, files, message) => {
    const folder = await written(`refused-${name.replace(' ', '-')}`, { x: 'x', ...files });
    await expect(all(folderDataset(datasetFolder(folder)))).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(message),
    });
  });

  it('an invalid mask is refused when it is read', async () => {
    const prompts = [{ text: 'cat', rle: { size: [2, 2], counts: '!!' } }, { text: 'dog' }];
    const files = { 'annotations.json': [{ image: 'a.png', prompts }] };
    const folder = await written('bad-masks', files);
    const [picture] = await all(folderDataset(datasetFolder(folder)));
    for (const example of picture!.examples) {
      await expect(example.truth()).rejects.toMatchObject({ code: 'invalid-argument' });
    }
  });
});

describe('COCO', () => {
  const names = Array.from({ length: 80 }, (_, i) => `class ${i}`);
  const files = async () => {
    const image = (id: number) => ({ id, file_name: `${id}.png`, width, height });
    const segmentation = [[0, 0, 4, 0, 4, 4, 0, 4]];
    const crowd = { size: [height, width], counts: [0, height, height * (width - 1)] };
    return {
      'val2017/1.png': await photo(),
      'val2017/2.png': await photo(),
      'annotations/instances_val2017.json': {
        images: [image(1), image(2), image(3)],
        categories: names.map((name, i) => ({ id: i + 1, name })),
        annotations: [
          { image_id: 1, category_id: 1, segmentation },
          { image_id: 1, category_id: 2, segmentation },
          { image_id: 1, category_id: 2, segmentation: crowd, iscrowd: 1 },
          { image_id: 2, category_id: 2, segmentation: crowd },
        ],
      },
    };
  };

  it('gives the classes of every image', async () => {
    const folder = await written('coco', await files());
    const pictures = await all(cocoDataset(datasetFolder(folder)));
    expect(labels(pictures)).toEqual([
      ['1.png', 'text class 0', 'text class 1'],
      ['2.png', 'text class 1'],
    ]);
    expect((await truthOf(pictures[0]!.examples[0])).filter(Boolean)).toHaveLength(16);
    expect((await truthOf(pictures[0]!.examples[1])).filter(Boolean)).toHaveLength(18); // both
    expect((await truthOf(pictures[1]!.examples[0])).filter(Boolean)).toHaveLength(height);
  });

  it('gives folds, also with image prompts', async () => {
    const folder = await written('coco', await files());
    const prompts = ['text', 'image', 'mix'] as const;
    const pictures = await all(coco20i(datasetFolder(folder), { fold: 1, prompts, shots: 5 }));
    const kinds = ['text class 1', 'image class 1', 'mix class 1'];
    expect(labels(pictures)).toEqual([
      ['1.png', ...kinds],
      ['2.png', ...kinds],
    ]);
    const { supports } = pictures[0]!.examples[1]!.prompt as { supports: Support[] };
    expect(supports.map(({ image }) => image)).toEqual([join(folder, 'val2017/2.png')]);
    expect(await all(coco20i(datasetFolder(folder), { fold: 3 }))).toEqual([]);
    expect(() => coco20i(datasetFolder(folder), { fold: 4 })).toThrow(/not 0, 1, 2 or 3/);
  });

  it('the seed determines the supports', async () => {
    const content = await files();
    const image = (id: number) => ({ id, file_name: `${id}.png`, width, height });
    const json = content['annotations/instances_val2017.json'];
    json.images = Array.from({ length: 9 }, (_, i) => image(i));
    const segmentation = [[0, 0, 4, 0, 4, 4, 0, 4]];
    json.annotations = json.images.map(({ id }) => ({
      image_id: id,
      category_id: 2,
      segmentation,
    }));
    const folder = await written('drawn', content);
    const drawn = async (seed: number) => {
      const options = { fold: 1, prompts: ['image'], shots: 2, seed } as const;
      const pictures = await all(coco20i(datasetFolder(folder), options));
      return pictures.map(({ image: query, examples }) => {
        const { supports } = examples[0]!.prompt as { supports: Support[] };
        const shown = supports.map((support) => support.image);
        expect(new Set([query, ...shown]).size).toBe(3); // never the query itself, no duplicates
        return shown.join();
      });
    };
    expect(await drawn(1)).toEqual(await drawn(1));
    expect(await drawn(1)).not.toEqual(await drawn(2));
  });

  it.each([
    ['two files', { 'annotations/instances_b.json': {} }, {}, /instances_b\.json.*name one/],
    ['an unknown class', {}, { classes: ['unicorn'] }, /no class "unicorn"/],
    ['a missing folder', {}, { images: undefined, annotations: 'x.json' }, /no folder images/],
  ])('%s is refused', async (name, more, options, message) => {
    const content = await files();
    const x = content['annotations/instances_val2017.json'];
    const folder = await written(`coco-${name.replaceAll(' ', '-')}`, {
      ...content,
      ...more,
      'x.json': x,
    });
    await expect(all(cocoDataset(datasetFolder(folder), options))).rejects.toThrow(message);
  });
});

describe('Pascal-5i', () => {
  const size = { width: 64, height: 64 };
  const labelled = (index: number, share: number) =>
    Uint8Array.from({ length: 4096 }, (_, i) => (i < 4096 * share ? index : i % 64 < 2 ? 255 : 0));
  const colors: Record<number, number[]> = {
    0: [0, 0, 0],
    6: [0, 128, 128],
    255: [224, 224, 192],
  };
  const colored = (indices: Uint8Array) =>
    Uint8Array.from([...indices].flatMap((index) => colors[index]!));
  const photos = async () => ({
    'JPEGImages/a.jpg': await png(new Uint8Array(4096 * 3), 3, size),
    'JPEGImages/b.jpg': await png(new Uint8Array(4096 * 3), 3, size),
    'ImageSets/Segmentation/val.txt': 'a\nb\n',
  });

  it('reads grey labels and drops small classes', async () => {
    const folder = await written('pascal', {
      ...(await photos()),
      'SegmentationClassAug/a.png': await png(labelled(6, 0.75), 1, size),
      'SegmentationClassAug/b.png': await png(labelled(7, 0.4), 1, size),
    });
    const pictures = await all(pascal5i(datasetFolder(folder), { fold: 1 }));
    expect(labels(pictures)).toEqual([['a', 'text bus']]);
    const truth = await truthOf(pictures[0]!.examples[0]);
    expect(truth.filter((v) => v === 1)).toHaveLength(3072);
    expect(truth.filter((v) => v === 255)).toHaveLength(32);
    expect(await all(pascal5i(datasetFolder(folder), { fold: 0 }))).toEqual([]);
  });

  it("reads VOC's colors, and lists with paths, for one-shot", async () => {
    const folder = await written('pascal-colors', {
      ...(await photos()),
      'list.txt': 'JPEGImages/a.jpg SegmentationClassAug/a.png\nJPEGImages/b.jpg x/b.png\n',
      'SegmentationClass/a.png': await png(colored(labelled(6, 0.75)), 3, size),
      'SegmentationClass/b.png': await png(colored(labelled(6, 0.6)), 3, size),
    });
    const options = { fold: 1, list: 'list.txt', prompts: ['image'] } as const;
    const pictures = await all(pascal5i(datasetFolder(folder), options));
    expect(labels(pictures)).toEqual([
      ['a', 'image bus'],
      ['b', 'image bus'],
    ]);
    const { supports } = pictures[0]!.examples[0]!.prompt as { supports: Support[] };
    expect(supports[0]!.image).toBe(join(folder, 'JPEGImages/b.jpg'));
    const { mask } = supports[0]!.region as { mask: Uint8Array };
    expect(mask.filter(Boolean).length).toBe(Math.ceil(4096 * 0.6));
    expect(mask).not.toContain(255);
  });

  it('a color without a class is refused', async () => {
    const unknown = new Uint8Array(4096 * 3).fill(7);
    unknown[0] = 200;
    const folder = await written('pascal-unknown', {
      ...(await photos()),
      'SegmentationClass/a.png': await png(unknown, 3, size),
    });
    await expect(all(pascal5i(datasetFolder(folder), { fold: 0 }))).rejects.toThrow(
      /SegmentationClass\/a\.png has the color 200,7,7/,
    );
  });
});

describe('PhraseCut', () => {
  it('gives phrases and fills their polygons', async () => {
    const square = (x: number) => [
      [x, 0],
      [x + 2, 0],
      [x + 2, 4],
      [x, 4],
    ];
    const folder = await written('phrasecut', {
      'images/7.jpg': await photo(),
      'image_data_split3000.json': [{ image_id: 7, width, height, split: 'miniv' }],
      'refer_miniv.json': [
        { task_id: '7__1', image_id: 7, phrase: 'red hat', Polygons: [[square(0)], [square(4)]] },
        { task_id: '7__2', image_id: 7, phrase: 'hat', Polygons: [[square(2), square(4)]] },
      ],
    });
    const pictures = await all(phraseCut(datasetFolder(folder), { split: 'miniv' }));
    expect(labels(pictures)).toEqual([['7.jpg', 'text red hat', 'text hat']]);
    for (const example of pictures[0]!.examples) {
      expect((await truthOf(example)).filter(Boolean)).toHaveLength(16);
    }
    const call = all(phraseCut(datasetFolder(folder)));
    await expect(call).rejects.toMatchObject({ code: 'not-found', message: /refer_test\.json/ });
  });
});
