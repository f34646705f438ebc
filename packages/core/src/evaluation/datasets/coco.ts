import { MAX_PIXELS } from '../../image/raw-image.js';
import { union } from '../../raster/algebra.js';
import { checkList, checkText, listed, valueIs } from '../../util/check.js';
import { showValue } from '../../util/show-value.js';
import type { Dataset, DatasetFiles, Picture } from '../dataset.js';
import { cocoTruth } from '../truths.js';
import {
  type ClassPicture,
  checkFewShotOptions,
  type FewShotOptions,
  fewShotExamples,
} from './few-shot.js';
import { countOf, entryOf, fail, groupBy, readJson, records, textOf } from './parse.js';

export interface CocoOptions extends FewShotOptions {
  /** The annotations file. Default: the only one in `annotations/` or beside it. */
  readonly annotations?: string;
  /** The folder of the images. Default: the split in the file's name (val2017), or `images`. */
  readonly images?: string;
  /** Names of the classes to evaluate; all by default. */
  readonly classes?: readonly string[];
}

type Entry = Record<string, unknown>;

/** Returns NaN, which no list contains, for a value that is not a number. */
const idOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);

async function findAnnotations(files: DatasetFiles): Promise<string> {
  const found: string[] = [];
  for (const folder of ['annotations', '']) {
    const names = (await files.list(folder)).filter((name) => name.endsWith('.json'));
    const instances = names.filter((name) => name.startsWith('instances_'));
    const wanted = instances.length > 0 ? instances : names;
    found.push(...wanted.map((name) => (folder === '' ? name : `${folder}/${name}`)));
    if (found.length > 0) break;
  }
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const what = found.length === 0 ? 'holds no annotations (.json)' : `holds ${listed(found)}`;
  return fail(files.name, `${what}; name one`);
}

async function imageFolder(files: DatasetFiles, annotations: string): Promise<string> {
  const split = /instances_(\w+)\.json$/.exec(annotations)?.[1];
  for (const folder of [split, `images/${split}`, 'images']) {
    if (folder !== undefined && (await files.list(folder)).length > 0) return folder;
  }
  return fail(files.name, `has no folder ${split ?? 'images'} with pictures`);
}

/** Joins all annotations of one class in one image. */
function classPicture<T>(
  files: DatasetFiles<T>,
  path: string,
  folder: string,
  image: Entry,
  annotations: readonly Entry[],
): ClassPicture<T> {
  const name = textOf(path, image, 'file_name');
  const size = { width: countOf(path, image, 'width'), height: countOf(path, image, 'height') };
  const truth = () => {
    if (size.width * size.height > MAX_PIXELS)
      fail(path, `has ${showValue(name)} of too many pixels`);
    const parts = annotations.map(({ segmentation }) => cocoTruth(path, segmentation, size).data);
    return { ...size, data: union(parts, size) };
  };
  return { name, image: files.image(`${folder}/${name}`), truth };
}

/** Returns the ids and names of the wanted categories, by rising id. */
function categoriesOf(
  path: string,
  json: Entry,
  choose: (names: readonly string[]) => readonly string[],
): Map<number, string> {
  const all = records(path, 'categories', json.categories).map(
    (entry) => [countOf(path, entry, 'id'), textOf(path, entry, 'name')] as const,
  );
  all.sort(([a], [b]) => a - b);
  const wanted = choose(all.map(([, name]) => name));
  const unknown = wanted.find((name) => !all.some(([, own]) => own === name));
  if (unknown !== undefined) fail(path, `has no class ${showValue(unknown)}`);
  return new Map(all.filter(([, name]) => wanted.includes(name)));
}

async function* pictures<T>(
  files: DatasetFiles<T>,
  options: CocoOptions,
  choose: (names: readonly string[]) => readonly string[],
): AsyncGenerator<Picture<T>> {
  const path = options.annotations ?? (await findAnnotations(files));
  const json = entryOf(path, await readJson(files, path));
  const categories = categoriesOf(path, json, choose);
  const images = new Map(
    records(path, 'images', json.images).map((entry) => [countOf(path, entry, 'id'), entry]),
  );
  const folder = options.images ?? (await imageFolder(files, path));
  const wanted = records(path, 'annotations', json.annotations).filter((entry) =>
    categories.has(idOf(entry.category_id)),
  );
  const byClass = new Map<number, ClassPicture<T>[]>();
  const byImage = new Map<number, [category: number, picture: ClassPicture<T>][]>();
  for (const [id, own] of groupBy(wanted, (entry) => idOf(entry.image_id))) {
    const image =
      images.get(id) ?? fail(path, `has annotations of an image ${id} it does not list`);
    for (const [category, annotations] of groupBy(own, (entry) => idOf(entry.category_id))) {
      const picture = classPicture(files, path, folder, image, annotations);
      byClass.set(category, [...(byClass.get(category) ?? []), picture]);
      byImage.set(id, [...(byImage.get(id) ?? []), [category, picture]]);
    }
  }
  for (const classes of byImage.values()) {
    const { name, image } = classes[0]![1];
    const examples = [];
    for (const [id, picture] of classes) {
      const category = categories.get(id)!;
      examples.push(...(await fewShotExamples(category, picture, byClass.get(id) ?? [], options)));
    }
    yield { name, image, examples };
  }
}

function checkCocoOptions<T extends CocoOptions>(given: T | undefined, name: string): T {
  const options = checkFewShotOptions(given, name);
  const { annotations, images, classes } = options;
  if (annotations !== undefined) checkText(annotations, 'annotations');
  if (images !== undefined) checkText(images, 'images');
  if (classes !== undefined)
    for (const one of checkList(classes, 'classes')) checkText(one, 'classes');
  return options;
}

/** Reads COCO's JSON (polygons, run lengths): each class of an image is prompted by its name. */
export function cocoDataset<T>(files: DatasetFiles<T>, options: CocoOptions = {}): Dataset<T> {
  const own = checkCocoOptions(options, 'cocoDataset');
  return {
    name: files.name,
    pictures: () => pictures(files, own, (names) => own.classes ?? names),
  };
}

export interface FoldOptions {
  /** Which quarter of the classes, 0 to 3. */
  readonly fold: number;
}

export function checkFold(fold: number): number {
  return [0, 1, 2, 3].includes(fold) ? fold : fail('fold', `is ${valueIs(fold)}, not 0, 1, 2 or 3`);
}

/**
 * Reads COCO-20i: every fourth of COCO's 80 classes, in the order of their ids, from `fold` on (the
 * split of PFENet), in COCO's layout.
 */
export function coco20i<T>(files: DatasetFiles<T>, options: CocoOptions & FoldOptions): Dataset<T> {
  const own = checkCocoOptions(options, 'coco20i');
  const fold = checkFold(own.fold);
  return {
    name: `${files.name}, fold ${fold}`,
    pictures: () => pictures(files, own, (names) => names.filter((_, i) => i % 4 === fold)),
  };
}
