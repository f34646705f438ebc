import { checkOneOf } from '../../util/check.js';
import type { Dataset, DatasetFiles, Example, Picture } from '../dataset.js';
import { cocoTruth } from '../truths.js';
import { checkPromptOptions, type PromptOptions, textPrompt } from './options.js';
import { countOf, fail, groupBy, readJson, records, textOf } from './parse.js';

export interface PhraseCutOptions extends PromptOptions {
  /** Default `test`. */
  readonly split?: 'train' | 'val' | 'test' | 'miniv';
}

type Entry = Record<string, unknown>;

async function imageData(files: DatasetFiles): Promise<Map<number, Entry>> {
  const name = (await files.list('')).find((file) => /^image_data.*\.json$/.test(file));
  if (name === undefined) return fail(files.name, 'has no image_data_split3000.json');
  const entries = records(name, 'of images', await readJson(files, name));
  return new Map(entries.map((entry) => [countOf(name, entry, 'image_id'), entry]));
}

/** Reads `Polygons`: a list of instances, each a list of polygons with points [x, y]. */
function polygonsOf(path: string, task: Entry): number[][] {
  const { Polygons: instances } = task;
  if (!Array.isArray(instances)) return fail(path, 'has a task without Polygons');
  // `cocoTruth` checks the polygons.
  return instances.flat().map((polygon: unknown) => (Array.isArray(polygon) ? polygon.flat() : []));
}

async function* pictures<T>(
  files: DatasetFiles<T>,
  options: PhraseCutOptions,
): AsyncGenerator<Picture<T>> {
  const path = `refer_${options.split ?? 'test'}.json`;
  const tasks = records(path, 'of tasks', await readJson(files, path));
  const images = await imageData(files);
  for (const [id, own] of groupBy(tasks, (task) => countOf(path, task, 'image_id'))) {
    const entry =
      images.get(id) ?? fail(path, `has a task of image ${id}, whose size is not known`);
    const size = { width: countOf(path, entry, 'width'), height: countOf(path, entry, 'height') };
    const examples = own.map((task): Example => {
      const phrase = textOf(path, task, 'phrase');
      const truth = () => cocoTruth(path, polygonsOf(path, task), size);
      return { prompt: textPrompt(phrase, options), label: phrase, kind: 'text', truth };
    });
    yield { name: `${id}.jpg`, image: files.image(`images/${id}.jpg`), examples };
  }
}

/**
 * Reads PhraseCut in the layout of VGPhraseCut_v0: `images/ID.jpg`, `refer_SPLIT.json` and
 * `image_data_split3000.json`.
 */
export function phraseCut<T>(files: DatasetFiles<T>, options: PhraseCutOptions = {}): Dataset<T> {
  const own = checkPromptOptions(options, 'phraseCut');
  if (own.split !== undefined) checkOneOf(own.split, 'split', ['train', 'val', 'test', 'miniv']);
  return { name: files.name, pictures: () => pictures(files, own) };
}
