import type { PromptStrategy, TemplatePrompt } from './contracts/prompt-strategy.js';
import { ClipSegError } from './errors.js';
import { isRecord } from './json.js';
import { meanEmbedding } from './mean-embedding.js';

const shuffle = ['a photo of a {}.', 'a photograph of a {}.', 'an image of a {}.', '{}.'];

/** The original's sets of phrasings (general_utils.py, get_prompt_list). */
export const templates: Readonly<Record<string, readonly string[]>> = {
  plain: ['{}'],
  fixed: ['a photo of a {}.'],
  shuffle,
  'shuffle+': [
    ...shuffle,
    ...['a cropped photo of a {}.', 'a good photo of a {}.', 'a photo of one {}.'],
    ...['a bad photo of a {}.', 'a photo of the {}.'],
  ],
};

function phrasings({ text, templates: wanted }: TemplatePrompt): string[] {
  const set =
    typeof wanted === 'string' && Object.hasOwn(templates, wanted) ? templates[wanted] : wanted;
  const valid = (one: unknown) => typeof one === 'string' && one.includes('{}');
  if (!Array.isArray(set) || set.length === 0 || !set.every(valid)) {
    throw new ClipSegError(
      'invalid-prompt',
      `templates is ${JSON.stringify(wanted)}: neither ${Object.keys(templates).join(', ')} nor a ` +
        'list of phrasings with {} in them.',
    );
  }
  if (typeof text !== 'string' || text.trim() === '') {
    throw new ClipSegError('invalid-prompt', 'The text for the templates is empty.');
  }
  return set.map((one: string) => one.replaceAll('{}', () => text)); // a text may hold $&
}

/** A text in several phrasings: the mean of their embeddings (paper 4.1, prompt ensembles). */
export function template(): PromptStrategy<TemplatePrompt> {
  return {
    name: 'template',
    accepts: (prompt) => isRecord(prompt) && 'text' in prompt && 'templates' in prompt,
    label: ({ label, text }) => label ?? text,
    async encode(prompts, { encodeText }) {
      const groups = prompts.map(phrasings);
      const embeddings = groups.length > 0 ? await encodeText(groups.flat()) : [];
      let at = 0;
      return groups.map(({ length }) => {
        at += length;
        return meanEmbedding(embeddings.slice(at - length, at));
      });
    },
  };
}
