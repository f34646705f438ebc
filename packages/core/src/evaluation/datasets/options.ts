import type {
  ImagePrompt,
  MixPrompt,
  Prompt,
  Support,
  TemplatePrompt,
} from '../../contracts/prompt.js';
import { template } from '../../prompts/builders.js';
import { checkOptions, checkRange } from '../../util/check.js';

/** Options for making prompts from the entries of a dataset. */
export interface PromptOptions {
  /** Templates for texts; by default a text is used unchanged. */
  readonly templates?: TemplatePrompt['templates'];
  readonly ensemble?: TemplatePrompt['ensemble'];
  /** Masking strategy of supports; the paper's by default. */
  readonly masking?: Support['masking'];
  /** Resolution of supports; the model's own by default. */
  readonly supportResolution?: Support['resolution'];
  /** Share of the image in a mix of text and image, 0..1. Default 0.5. */
  readonly mix?: number;
}

/**
 * @throws ClipSegError `invalid-argument`; the prompts themselves are checked when they are encoded
 */
export function checkPromptOptions<T extends PromptOptions>(given: T | undefined, name: string): T {
  const options = checkOptions(given, name);
  if (options.mix !== undefined) checkRange(options.mix, 'mix');
  return options;
}

export const textPrompt = (text: string, { templates, ensemble }: PromptOptions): Prompt =>
  templates === undefined ? text : template(text, { templates, ensemble });

/** Returns a support with the masking and resolution of the options. */
export const supportPrompt = (
  support: Pick<Support, 'image' | 'region'>,
  { masking, supportResolution: size }: PromptOptions,
): Support => ({ ...support, masking, resolution: size });

/** Returns a prompt that can be mixed: one phrasing, or the mean of several. */
export const mixPrompt = (
  text: string,
  shown: ImagePrompt,
  { templates, mix = 0.5 }: PromptOptions,
): MixPrompt => ({ mix: [textPrompt(text, { templates }), shown], weights: [1 - mix, mix] });
