import type { Region } from '../../contracts/region.js';
import { isRecord } from '../../util/json.js';
import type { Dataset, DatasetFiles, Example, Picture, Truth } from '../dataset.js';
import { cocoTruth, maskFile } from '../truths.js';
import {
  checkPromptOptions,
  mixPrompt,
  type PromptOptions,
  supportPrompt,
  textPrompt,
} from './options.js';
import { fail, readJson, records, textOf } from './parse.js';

const INDEX = 'annotations.json';
type Entry = Record<string, unknown>;

/** Reads the mask of an entry, which has one of three forms. */
async function truthOf(
  files: DatasetFiles,
  entry: Entry,
  prefix: '' | 'support_' = '',
): Promise<Truth> {
  const [mask, rle, polygons] = ['mask', 'rle', 'polygons'].map((name) => entry[prefix + name]);
  if (typeof mask === 'string') return maskFile(files, `masks/${mask}`);
  const { size } = (isRecord(rle) ? rle : entry) as { size?: unknown };
  if (!Array.isArray(size)) return fail(INDEX, `has a mask without size: [height, width]`);
  const [height, width] = size as [number, number];
  return cocoTruth(INDEX, rle ?? polygons, { width, height });
}

function textExamples(files: DatasetFiles, entry: Entry, options: PromptOptions): Example[] {
  return records(INDEX, 'prompts', entry.prompts ?? []).map((prompt) => {
    const text = textOf(INDEX, prompt, 'text');
    const { kind = 'text', category = text } = prompt;
    return {
      prompt: textPrompt(text, options),
      label: text,
      kind: textOf(INDEX, { kind }, 'kind'),
      category: textOf(INDEX, { category }, 'category'),
      truth: () => truthOf(files, { size: entry.size, ...prompt }),
    };
  });
}

/** Reads the support of an entry of `image_prompts`. */
async function supportOf(files: DatasetFiles, entry: Entry, options: PromptOptions) {
  const { data } = await truthOf(files, { size: entry.support_size, ...entry }, 'support_');
  const region: Region = { mask: data };
  const image = files.image(`images/${textOf(INDEX, entry, 'support')}`);
  return supportPrompt({ image, region }, options);
}

/**
 * Yields four examples per entry: by image, by label, by their mix, by an image of another object.
 */
async function imageExamples(
  files: DatasetFiles,
  picture: Entry,
  all: readonly Entry[],
  options: PromptOptions,
): Promise<Example[]> {
  const examples: Example[] = [];
  for (const entry of records(INDEX, 'image_prompts', picture.image_prompts ?? [])) {
    const label = textOf(INDEX, entry, 'label');
    const truth = () => truthOf(files, { size: picture.size, ...entry });
    const shown = await supportOf(files, entry, options);
    const others = all.slice(all.indexOf(picture) + 1).concat(all);
    const wrong = others
      .flatMap(({ image_prompts: list }) => (Array.isArray(list) ? list.filter(isRecord) : []))
      .find((other) => other.label !== label);
    const common = { label, category: label, truth };
    examples.push(
      { ...common, kind: 'image', prompt: { ...shown, label } },
      { ...common, kind: 'label of the same', prompt: textPrompt(label, options) },
      { ...common, kind: 'mix', prompt: mixPrompt(label, shown, options) },
    );
    if (wrong) {
      const prompt = await supportOf(files, wrong, options);
      examples.push({ ...common, kind: 'image of another', prompt: { ...prompt, label } });
    }
  }
  return examples;
}

async function* indexed<T>(
  files: DatasetFiles<T>,
  options: PromptOptions,
): AsyncGenerator<Picture<T>> {
  const entries = records(INDEX, 'of pictures', await readJson(files, INDEX));
  for (const entry of entries) {
    const name = textOf(INDEX, entry, 'image');
    const examples = textExamples(files, entry, options);
    examples.push(...(await imageExamples(files, entry, entries, options)));
    yield { name, image: files.image(`images/${name}`), examples };
  }
}

const stem = (name: string): string => name.replace(/\.[^.]+$/, '');

/** images/NAME.jpg, masks/PROMPT/NAME.png */
async function* plain<T>(
  files: DatasetFiles<T>,
  options: PromptOptions,
): AsyncGenerator<Picture<T>> {
  const images = await files.list('images');
  const prompts = await files.list('masks');
  const masks = await Promise.all(prompts.map((prompt) => files.list(`masks/${prompt}`)));
  if (images.length === 0 || masks.flat().length === 0) {
    fail(files.name, `holds neither ${INDEX} nor images/NAME.jpg with masks/PROMPT/NAME.png`);
  }
  for (const name of images) {
    const examples = prompts.flatMap((text, i): Example[] => {
      const mask = masks[i]?.find((file) => stem(file) === stem(name));
      if (mask === undefined) return [];
      const truth = () => maskFile(files, `masks/${text}/${mask}`);
      return [{ prompt: textPrompt(text, options), label: text, kind: 'text', truth }];
    });
    if (examples.length > 0) yield { name, image: files.image(`images/${name}`), examples };
  }
}

/**
 * Reads a folder of images (`images/`) with either `masks/PROMPT/NAME.png`, or `annotations.json`:
 * a list of `{ image, prompts: [{ text, kind?, category?, rle | mask | polygons }], image_prompts?:
 * [{ support, support_rle | support_mask | support_polygons, label, rle | mask | polygons }] }`,
 * where `rle` is COCO's, `mask` is a file in `masks/`, and polygons also need `size: [height,
 * width]`.
 */
export function folderDataset<T>(files: DatasetFiles<T>, options: PromptOptions = {}): Dataset<T> {
  const own = checkPromptOptions(options, 'folderDataset');
  return {
    name: files.name,
    async *pictures() {
      const annotated = (await files.list('')).includes(INDEX);
      yield* (annotated ? indexed : plain)(files, own);
    },
  };
}
