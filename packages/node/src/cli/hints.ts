import type { Composition, Prompt } from '@clipseg/core';
import { showValue } from '@clipseg/core';
import { trainedWords } from '@clipseg/mini/words';
import { say } from './report.js';

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const COMBINE = new Set(['and', 'or', 'not', 'minus']); // the other hint says of them
const KEYWORDS = /(?<![\p{L}\p{N}])(?:and|or|not|minus)(?![\p{L}\p{N}])/giu;
const CURLY = /[“”„‟«»]|(?<![\p{L}\p{N}])[‘‚][^’]*’/u;
const MOST = 5;

interface HintOptions {
  /** The model's name on the command line. */
  readonly model: string;
  /** Prompts whose words need not be known: they are in a bank. */
  readonly encoded?: readonly string[];
}

function textsOf(node: Composition<Prompt> | Prompt): string[] {
  if (typeof node === 'string') return [node];
  if ('op' in node) {
    return 'prompt' in node ? textsOf(node.prompt) : node.terms.flatMap((term) => textsOf(term));
  }
  if ('compose' in node) return textsOf(node.compose as Composition<Prompt>);
  if ('mix' in node) return node.mix.flatMap((prompt) => textsOf(prompt));
  if ('text' in node) return [node.text as string];
  return [];
}

/** Text that was probably meant to combine prompts: `cat and not dog`, “cat”. */
function syntaxHints(texts: readonly string[]): string[] {
  const bare = texts.map((text) => text.replace(/"(?:[^"\\]|\\.)*"/g, ' '));
  const words = bare.flatMap((text) => text.match(KEYWORDS) ?? []);
  const keyword = words.find((word) => word !== word.toUpperCase());
  const hints: string[] = [];
  if (keyword !== undefined) {
    hints.push(
      `${showValue(keyword)} is read as text; ${keyword.toUpperCase()} in capitals combines prompts, ` +
        'as AND, OR, NOT and MINUS do.',
    );
  }
  if (bare.some((text) => CURLY.test(text))) {
    hints.push('curly quotes are read as text; straight ones ("...") quote.');
  }
  return hints;
}

/** Words that the embedded model can only guess at. */
function wordHints(prompts: readonly Prompt[]): string[] {
  const words = prompts.flatMap(textsOf).flatMap((text) => {
    return text.normalize('NFC').toLowerCase().match(WORD) ?? [];
  });
  const unknown = [...new Set(words)].filter(
    (word) => !trainedWords.has(word) && !COMBINE.has(word),
  );
  if (unknown.length === 0) return [];
  const shown = unknown.slice(0, MOST).map((word) => showValue(word, 30));
  const more = unknown.length > MOST ? ` and others (${unknown.length} words)` : '';
  return [`the embedded model was not trained on ${shown.join(', ')}${more}: expect poor masks.`];
}

/**
 * Says on stderr what in the prompts probably means something else than was wanted: each remark
 * once, however many prompts there are.
 * @param texts as they were typed
 * @param prompts what was read from them
 */
export function hint(
  texts: readonly string[],
  prompts: readonly Prompt[],
  { model, encoded = [] }: HintOptions,
): void {
  const news = prompts.filter((prompt) => !encoded.includes(prompt as string));
  const hints = [...syntaxHints(texts), ...(model === 'mini' ? wordHints(news) : [])];
  for (const line of hints) say(`clipseg: hint: ${line}`);
}
