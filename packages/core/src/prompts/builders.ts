import type {
  CompositionPrompt,
  EmbeddingPrompt,
  ImagePrompt,
  MixPrompt,
  Prompt,
  Support,
  TemplatePrompt,
  TextPrompt,
} from '../contracts/prompt.js';
import { checkOptions, reading } from '../util/check.js';
import { isRecord } from '../util/json.js';
import { isComposition } from './composition/builders.js';
import { mapLeaves } from './composition/tree.js';

// Functions that make prompts. A prompt is plain data: it can be kept and sent to a worker. It is
// checked when it is encoded.

interface LabelOptions {
  /** The label of the prompt's segment. */
  readonly label?: string;
}

type TemplateOptions = Omit<TemplatePrompt, 'text'>;
type MixOptions = Omit<MixPrompt, 'mix'>;
type SupportOptions = Omit<Support, 'image'>;

/** One type for all texts of a list, instead of a type per text. */
type Widened<P> = P extends string ? string : P;

/**
 * Makes a text prompt with a label: `text('a red apple', { label: 'apple' })`.
 * @throws ClipSegError `invalid-argument`
 */
export const text = (phrase: string, options: LabelOptions = {}): TextPrompt => ({
  ...checkOptions(options, 'text'),
  text: phrase,
});

/**
 * Makes a prompt of a text in several phrasings: `template('cat', { templates: 'shuffle+' })`. In a
 * composition, it phrases every text and keeps other prompts unchanged.
 * @throws ClipSegError `invalid-argument`, `invalid-prompt`
 */
export function template(phrase: string, options: TemplateOptions): TemplatePrompt;
export function template(
  phrase: string | CompositionPrompt,
  options: TemplateOptions,
): TemplatePrompt | CompositionPrompt;
export function template(
  phrase: string | CompositionPrompt,
  options: TemplateOptions,
): TemplatePrompt | CompositionPrompt {
  const { label, ...phrasing } = checkOptions(options, 'template');
  const labelled = label === undefined ? {} : { label };
  return reading('The prompt', () => {
    if (!isComposition(phrase)) return { ...phrasing, ...labelled, text: phrase };
    const compose = mapLeaves(phrase.compose, (leaf) => phrased(leaf, phrasing));
    return { ...phrase, ...labelled, compose };
  });
}

function phrased(prompt: Prompt, phrasing: TemplateOptions): Prompt {
  if (typeof prompt === 'string') return { ...phrasing, text: prompt };
  if (isComposition(prompt)) return template(prompt, phrasing);
  return isRecord(prompt) && 'text' in prompt ? { ...phrasing, ...prompt } : prompt;
}

/**
 * Makes a prompt of an example image, which `encodeImage` must accept. Several images are averaged
 * (k-shot); the options apply to each of them. For an image with a different region, put
 * `image(example, { region })` in the list.
 * @throws ClipSegError `invalid-argument`
 */
export function image<Image>(
  examples: readonly (Image | Support<Image>)[],
  options?: Omit<SupportOptions, 'region'> & LabelOptions,
): ImagePrompt<Image>;
export function image<Image>(
  example: Image,
  options?: SupportOptions & LabelOptions,
): Support<Image> & LabelOptions;
export function image(example: unknown, options: SupportOptions & LabelOptions = {}): ImagePrompt {
  const { label, ...support } = checkOptions(options, 'image');
  const labelled = label === undefined ? {} : { label };
  return reading('The example', () => {
    if (!Array.isArray(example)) return { ...support, ...labelled, image: example };
    const supports = Array.from(example, (one) => ({
      ...support,
      ...(isRecord(one) && 'image' in one ? one : { image: one }),
    }));
    return { supports: supports as readonly Support[], ...labelled };
  });
}

/**
 * Makes a prompt of others, mixed in embedding space: `mix('cat', 'dog')` in equal shares, or
 * `mix(['cat', 'dog'], { weights: [0.7, 0.3] })`.
 * @throws ClipSegError `invalid-argument`
 */
export function mix<const T extends readonly unknown[]>(
  prompts: T,
  options?: MixOptions,
): MixPrompt<Widened<T[number]>>;
export function mix<const T extends readonly unknown[]>(
  ...prompts: T
): MixPrompt<Widened<T[number]>>;
export function mix(...given: readonly unknown[]): MixPrompt<unknown> {
  const [first, options] = given;
  const isList = reading('The prompt', () => Array.isArray(first));
  if (!isList) return { mix: given };
  return { ...checkOptions(options as MixOptions, 'mix'), mix: first as readonly unknown[] };
}

/**
 * Makes a prompt of an embedding, e.g. from `encodePrompts`.
 * @param vector float32 [projectionDim]
 * @throws ClipSegError `invalid-argument`
 */
export const embedding = (
  vector: EmbeddingPrompt['embedding'],
  options: LabelOptions = {},
): EmbeddingPrompt => ({ ...checkOptions(options, 'embedding'), embedding: vector });
