import type { TemplatePrompt } from '../../contracts/prompt.js';
import type { CompositeStrategy, EmbeddingStrategy } from '../../contracts/prompt-strategy.js';
import { ClipSegError } from '../../util/errors.js';
import { isRecord } from '../../util/json.js';
import { showValue } from '../../util/show-value.js';
import { meanEmbedding } from '../mean-embedding.js';

const shuffle = ['a photo of a {}.', 'a photograph of a {}.', 'an image of a {}.', '{}.'];

/** The original's sets of phrasings (general_utils.py, get_prompt_list). */
export const templates: Readonly<Record<string, readonly string[]>> = {
  plain: ['{}'],
  fixed: ['a photo of a {}.'],
  shuffle,
  'shuffle+': [
    ...shuffle,
    'a cropped photo of a {}.',
    'a good photo of a {}.',
    'a photo of one {}.',
    'a bad photo of a {}.',
    'a photo of the {}.',
  ],
};

function phrasings({ text, templates: wanted }: TemplatePrompt): string[] {
  const set =
    typeof wanted === 'string' && Object.hasOwn(templates, wanted) ? templates[wanted] : wanted;
  const valid = (one: unknown) => typeof one === 'string' && one.includes('{}');
  if (!Array.isArray(set) || set.length === 0 || !set.every(valid)) {
    throw new ClipSegError(
      'invalid-prompt',
      `templates is ${showValue(wanted)}: neither ${Object.keys(templates).join(', ')} nor a ` +
        'list of phrasings with {} in them.',
    );
  }
  if (typeof text !== 'string' || text.trim() === '') {
    throw new ClipSegError('invalid-prompt', 'The text for the templates is empty.');
  }
  return set.map((one: string) => one.replaceAll('{}', () => text)); // a text may hold $&
}

const isTemplate = (prompt: unknown): prompt is Record<string, unknown> =>
  isRecord(prompt) && 'text' in prompt && 'templates' in prompt;
const label = ({ label: own, text }: TemplatePrompt): string => own ?? text;

/**
 * Takes a text in several phrasings and averages their embeddings (paper 4.1, prompt ensembles).
 */
export function templateStrategy(): EmbeddingStrategy<TemplatePrompt> {
  return {
    specificationVersion: 1,
    name: 'template',
    accepts: (prompt) => isTemplate(prompt) && (prompt.ensemble ?? 'embedding') === 'embedding',
    label,
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

const operations = { logits: 'mean', maximum: 'or' } as const;

/**
 * Takes a text in several phrasings, decodes each, and takes the mean or maximum of their logits.
 */
export function ensembleStrategy(): CompositeStrategy<TemplatePrompt> {
  return {
    specificationVersion: 1,
    name: 'ensemble',
    accepts: isTemplate,
    label,
    compose(prompt) {
      const { ensemble: wanted } = prompt;
      const op = operations[wanted as keyof typeof operations];
      if (op) {
        const terms = phrasings(prompt).map((text) => ({ op: 'prompt', prompt: text }) as const);
        return { op, terms };
      }
      const message = `ensemble is ${showValue(wanted)}, not embedding, logits or maximum.`;
      throw new ClipSegError('invalid-prompt', message);
    },
  };
}
