import type {
  ImagePrompt,
  MixPrompt,
  Prompt,
  Support,
  TemplatePrompt,
} from '../../contracts/prompt-strategy.js';
import { phrased } from '../../prompts/phrased.js';
import { checkOptions, checkRange } from '../../util/check.js';

/** How prompts are made of what a data set holds. */
export interface PromptOptions {
  /** Phrasings of texts; the text as it is by default. */
  readonly templates?: TemplatePrompt['templates'];
  readonly ensemble?: TemplatePrompt['ensemble'];
  /** What the vision tower sees of supports; the paper's masking by default. */
  readonly masking?: Support['masking'];
  /** Resolution of supports; the model's own by default. */
  readonly supportResolution?: Support['resolution'];
  /** Share of the picture in a mix of text and picture, 0..1. Default 0.5. */
  readonly mix?: number;
}

/**
 * @throws ClipSegError `invalid-argument`; what prompts are made of is looked at with the prompts
 */
export function checkPromptOptions<T extends PromptOptions>(given: T | undefined, name: string): T {
  const options = checkOptions(given, name);
  if (options.mix !== undefined) checkRange(options.mix, 'mix');
  return options;
}

export const textPrompt = (text: string, { templates, ensemble }: PromptOptions): Prompt =>
  templates === undefined ? text : phrased(text, { templates, ensemble });

/** A support with the options' masking and size. */
export const supportPrompt = (
  support: Pick<Support, 'image' | 'region'>,
  { masking, supportResolution: size }: PromptOptions,
): Support => ({ ...support, masking, resolution: size });

/** The embedding of one phrasing, or their mean: what can be mixed. */
export const mixPrompt = (
  text: string,
  shown: ImagePrompt,
  { templates, mix = 0.5 }: PromptOptions,
): MixPrompt => ({ mix: [textPrompt(text, { templates }), shown], weights: [1 - mix, mix] });
