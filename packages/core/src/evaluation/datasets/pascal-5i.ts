import type { RawImage } from '../../contracts/image.js';
import { IGNORED } from '../../metrics/confusion.js';
import { checkText } from '../../util/check.js';
import type { Dataset, DatasetFiles, Picture, Truth } from '../dataset.js';
import { checkFold, type FoldOptions } from './coco.js';
import {
  type ClassPicture,
  checkFewShotOptions,
  type FewShotOptions,
  fewShotExamples,
} from './few-shot.js';
import { fail } from './parse.js';

/** PASCAL VOC's classes, 1 to 20, in words that the text encoder knows. */
export const pascalClasses: readonly string[] = [
  'airplane',
  'bicycle',
  'bird',
  'boat',
  'bottle',
  'bus',
  'car',
  'cat',
  'chair',
  'cow',
  'dining table',
  'dog',
  'horse',
  'motorbike',
  'person',
  'potted plant',
  'sheep',
  'sofa',
  'train',
  'tv monitor',
];

const LISTS = 'ImageSets/Segmentation';
/** Fewest pixels of a class that is evaluated (PFENet: 2 x 32 x 32). */
const LEAST_PIXELS = 2048;

/**
 * Computes VOC's color map: three bits of the index at a time, from the highest bit of each
 * channel.
 */
function vocColor(index: number): [red: number, green: number, blue: number] {
  const color: [number, number, number] = [0, 0, 0];
  for (let bit = 0; bit < 8; bit++) {
    for (const c of [0, 1, 2] as const) color[c] |= ((index >> (3 * bit + c)) & 1) << (7 - bit);
  }
  return color;
}

const indexOfColor = new Map(
  [...Array(21).keys(), IGNORED].map((index) => [vocColor(index).join(), index]),
);

/** Reads class indices of a label image: grey values (SegmentationClassAug), or VOC's colors. */
function classIndices(path: string, picture: RawImage): Truth {
  const { width, height, channels, data } = picture;
  if (channels === 1) return { width, height, data: Uint8Array.from(data) };
  const indices = Uint8Array.from({ length: width * height }, (_, i) => {
    const color = data.subarray(i * channels, i * channels + 3);
    const [red, green, blue] = color;
    if (red === green && green === blue) return red!;
    return (
      indexOfColor.get(color.join()) ??
      fail(path, `has the color ${color}, which is not a class of VOC`)
    );
  });
  return { width, height, data: indices };
}

/** Returns the truth of one class; other classes count as outside. */
const classTruth = ({ data, ...size }: Truth, index: number): Truth => ({
  ...size,
  data: data.map((value) => (value === IGNORED ? IGNORED : value === index ? 1 : 0)),
});

async function namesOf(files: DatasetFiles, list: string): Promise<string[]> {
  const lines = (await files.text(list)).split('\n').map((line) => line.trim());
  const names = lines.filter((line) => line !== '');
  // Lists of few-shot papers contain paths: JPEGImages/X.jpg SegmentationClassAug/X.png
  return names.map((line) => line.split(/\s+/)[0]!.replace(/^.*\/|\.\w+$/g, ''));
}

export interface Pascal5iOptions extends FewShotOptions, FoldOptions {
  /** File with the names of the images, one per line. Default `ImageSets/Segmentation/val.txt`. */
  readonly list?: string;
}

async function* pictures<T>(
  files: DatasetFiles<T>,
  options: Pascal5iOptions,
): AsyncGenerator<Picture<T>> {
  const augmented = (await files.list('SegmentationClassAug')).length > 0;
  const folder = augmented ? 'SegmentationClassAug' : 'SegmentationClass';
  const first = 5 * options.fold + 1;
  const byClass = new Map<number, ClassPicture<T>[]>();
  const byName = new Map<string, number[]>();
  for (const name of await namesOf(files, options.list ?? `${LISTS}/val.txt`)) {
    const path = `${folder}/${name}.png`;
    const read = async () => classIndices(path, await files.pixels(path));
    const counts = new Uint32Array(256);
    for (const value of (await read()).data) counts[value] = counts[value]! + 1;
    for (let index = first; index < first + 5; index++) {
      if (counts[index]! < LEAST_PIXELS) continue;
      const image = files.image(`JPEGImages/${name}.jpg`);
      const truth = async () => classTruth(await read(), index);
      byClass.set(index, [...(byClass.get(index) ?? []), { name, image, truth }]);
      byName.set(name, [...(byName.get(name) ?? []), index]);
    }
  }
  for (const [name, indices] of byName) {
    const examples = [];
    for (const index of indices) {
      const all = byClass.get(index)!;
      const query = all.find((one) => one.name === name)!;
      const category = pascalClasses[index - 1]!;
      examples.push(...(await fewShotExamples(category, query, all, options)));
    }
    yield { name, image: files.image(`JPEGImages/${name}.jpg`), examples };
  }
}

/**
 * Reads Pascal-5i: classes 5 fold + 1 to 5 fold + 5 of a VOC2012 folder (`JPEGImages`,
 * `SegmentationClassAug` or `SegmentationClass`, `ImageSets/Segmentation`).
 */
export function pascal5i<T>(files: DatasetFiles<T>, options: Pascal5iOptions): Dataset<T> {
  const own = checkFewShotOptions(options, 'pascal5i');
  const fold = checkFold(own.fold);
  if (own.list !== undefined) checkText(own.list, 'list');
  return {
    name: `${files.name}, fold ${fold}`,
    pictures: () => pictures(files, own),
  };
}
