import type { Prompt } from '@clipseg/core';
import { showValue } from '@clipseg/core/internal';
import type { Composition } from '@clipseg/core/prompts';
import { trainedWords } from '@clipseg/mini/words';
import { say } from './report.js';

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const COMBINE = new Set(['and', 'or', 'not', 'minus']); // syntaxHints covers these
const KEYWORDS = /(?<![\p{L}\p{N}])(?:and|or|not|minus)(?![\p{L}\p{N}])/giu;
const CURLY = /[“”„‟«»]|(?<![\p{L}\p{N}])[‘‚][^’]*’/u;
const MAX_WORDS = 5;

interface HintOptions {
  /** The model's name on the command line. */
  readonly model: string;
  /** Labels of a prompt bank; they need no hint about unknown words. */
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

/** Detects text that was probably meant as syntax: `cat and not dog`, “cat”. */
function syntaxHints(texts: readonly string[]): string[] {
  const bare = texts.map((text) => text.replace(/"(?:[^"\\]|\\.)*"/g, ' '));
  const words = bare.flatMap((text) => text.match(KEYWORDS) ?? []);
  const keyword = words.find((word) => word !== word.toUpperCase());
  const hints: string[] = [];
  if (keyword !== undefined) {
    hints.push(
      `${showValue(keyword)} is read as text; write ${keyword.toUpperCase()} in capitals to combine prompts ` +
        '(operators: AND, OR, NOT, MINUS).',
    );
  }
  if (bare.some((text) => CURLY.test(text))) {
    hints.push('curly quotes are read as text; use straight quotes ("...").');
  }
  return hints;
}

/** Lists words that the embedded model was not trained on. */
function wordHints(prompts: readonly Prompt[]): string[] {
  const words = prompts.flatMap(textsOf).flatMap((text) => {
    return text.normalize('NFC').toLowerCase().match(WORD) ?? [];
  });
  const unknown = [...new Set(words)].filter(
    (word) => !trainedWords.has(word) && !COMBINE.has(word),
  );
  if (unknown.length === 0) return [];
  const shown = unknown.slice(0, MAX_WORDS).map((word) => showValue(word, 30));
  const more = unknown.length > MAX_WORDS ? ` and others (${unknown.length} words)` : '';
  return [`the embedded model was not trained on ${shown.join(', ')}${more}: expect poor masks.`];
}

/**
 * Prints hints on stderr about prompts that are probably misread, each hint once.
 * @param texts as typed
 * @param prompts parsed from the texts
 */
export function hint(
  texts: readonly string[],
  prompts: readonly Prompt[],
  { model, encoded = [] }: HintOptions,
): void {
  const others = prompts.filter((prompt) => !encoded.includes(prompt as string));
  const hints = [...syntaxHints(texts), ...(model === 'mini' ? wordHints(others) : [])];
  for (const line of hints) say(`clipseg: hint: ${line}`);
}
