import type { Prompt, Support } from '../../contracts/prompt.js';
import { checkCount, checkList, checkOneOf } from '../../util/check.js';
import { seededRandom } from '../../util/seeded-random.js';
import type { Example, Truth } from '../dataset.js';
import {
  checkPromptOptions,
  mixPrompt,
  type PromptOptions,
  supportPrompt,
  textPrompt,
} from './options.js';

/** Options for the prompts of a class. */
export interface FewShotOptions extends PromptOptions {
  /** Kinds of examples. Default `text` (zero-shot). */
  readonly prompts?: readonly ('text' | 'image' | 'mix')[];
  /** Number of supports that an image prompt averages. Default 1. */
  readonly shots?: number;
  /** Seed that chooses the supports. Default 0. */
  readonly seed?: number;
}

const kinds = ['text', 'image', 'mix'] as const;

/** @throws ClipSegError `invalid-argument` */
export function checkFewShotOptions<T extends FewShotOptions>(given: T | undefined, name: string) {
  const options = checkPromptOptions(given, name);
  const { prompts = ['text'], shots = 1, seed = 0 } = options;
  for (const kind of checkList(prompts, 'prompts')) checkOneOf(kind, 'prompts', kinds);
  checkCount(shots, 'shots');
  checkCount(seed, 'seed', 0);
  return options;
}

/** One image that contains a class. */
export interface ClassPicture<T> {
  readonly name: string;
  readonly image: T;
  readonly truth: () => Truth | Promise<Truth>;
}

/** Draws `shots` other images of the class, without replacement. */
function draw<T>(
  others: readonly ClassPicture<T>[],
  { shots = 1, seed = 0 }: FewShotOptions,
  index: number,
): ClassPicture<T>[] {
  const next = seededRandom(seed * 1_000_003 + index);
  const left = [...others];
  const drawn: ClassPicture<T>[] = [];
  while (drawn.length < shots && left.length > 0) {
    drawn.push(...left.splice(Math.floor(next() * left.length), 1));
  }
  return drawn;
}

/**
 * Returns the examples of a class in one image. Supports are other images of the class; a class
 * with no other image gets no image prompts.
 */
export async function fewShotExamples<T>(
  category: string,
  query: ClassPicture<T>,
  all: readonly ClassPicture<T>[],
  options: FewShotOptions,
): Promise<Example[]> {
  const { prompts = ['text'] } = options;
  const common = { label: category, category, truth: query.truth };
  const make: Record<string, () => Promise<Prompt | undefined>> = {
    text: async () => textPrompt(category, options),
    image: shown,
    mix: async () => {
      const prompt = await shown();
      return prompt && mixPrompt(category, prompt, options);
    },
  };
  async function shown() {
    const others = all.filter(({ name }) => name !== query.name);
    const drawn = draw(others, options, all.indexOf(query));
    const supports: Support[] = [];
    for (const { image, truth } of drawn) {
      const { data } = await truth();
      const mask = data.map((value) => (value === 1 ? 1 : 0));
      supports.push(supportPrompt({ image, region: { mask } }, options));
    }
    return supports.length > 0 ? { supports, label: category } : undefined;
  }
  const examples: Example[] = [];
  for (const kind of prompts) {
    const prompt = await make[kind]?.();
    if (prompt) examples.push({ ...common, kind, prompt });
  }
  return examples;
}
