import type { Composition, TermOptions } from '../../contracts/composition.js';
import type { CompositionPrompt } from '../../contracts/prompt.js';
import { ClipSegError } from '../../util/errors.js';
import { showValue } from '../../util/show-value.js';
import { MAX_DEPTH } from './tree.js';

// The text form of compositions (docs/prompts.md):
//
//   or      = and { "OR" and }
//   and     = minus { "AND" minus }
//   minus   = sum { "MINUS" sum }
//   sum     = not { "+" not }
//   not     = "NOT" not | term
//   term    = ( "(" or ")" | text ) { ":" weight | "@" threshold | "{" ( "+" | "-" ) pixels "}" }
//   text    = words | '"' anything '"'

type Node = Composition<string>;
const MAX_LENGTH = 10_000;
const KEYWORDS = new Set(['AND', 'OR', 'NOT', 'MINUS']);

interface Token {
  readonly kind: 'word' | 'text' | 'sign' | 'end';
  readonly value: string;
  readonly at: number;
}

const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|([(){}@+:])|([^\s"(){}@+:]+))/y;

function error(source: string, at: number, what: string): ClipSegError {
  const start = Math.max(0, at - 30);
  const shown = source.slice(start, at + 30).replace(/[\s\p{Cc}\p{Cf}]/gu, ' ');
  const caret = `${' '.repeat(at - start)}^`;
  return new ClipSegError(
    'invalid-prompt',
    `The prompt, at ${at + 1}: ${what}.\n  ${shown}\n  ${caret}`,
  );
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = source.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) {
      const at = from + /^\s*/.exec(source.slice(from))![0].length;
      throw error(source, at, 'the quote is not closed');
    }
    const [whole, text, sign, word] = match;
    const at = from + whole.length - whole.trimStart().length;
    if (text !== undefined) tokens.push({ kind: 'text', value: text.replace(/\\(.)/g, '$1'), at });
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign, at });
    else tokens.push({ kind: 'word', value: word!, at });
  }
  return [...tokens, { kind: 'end', value: '', at: end }];
}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #fail(what: string, token = this.#next): never {
    throw error(this.#source, token.at, what);
  }

  #take(kind: Token['kind'], value: string): boolean {
    if (this.#next.kind !== kind || this.#next.value !== value) return false;
    this.#at++;
    return true;
  }

  /** Reads one part, or several with the word between them. */
  #list(part: () => Node, kind: Token['kind'], word: string, join: (terms: Node[]) => Node): Node {
    const terms = [part()];
    while (this.#take(kind, word)) terms.push(part());
    return terms.length === 1 ? terms[0]! : join(terms);
  }

  parse(): Node {
    const tree = this.#or();
    if (this.#next.kind !== 'end') this.#fail(`${showValue(this.#next.value)} is not expected`);
    return tree;
  }

  #or(): Node {
    if (++this.#depth > MAX_DEPTH) this.#fail(`more than ${MAX_DEPTH} levels of parentheses`);
    const tree = this.#list(
      () => this.#and(),
      'word',
      'OR',
      (terms) => ({ op: 'or', terms }),
    );
    this.#depth--;
    return tree;
  }

  #and(): Node {
    return this.#list(
      () => this.#minus(),
      'word',
      'AND',
      (terms) => ({ op: 'and', terms }),
    );
  }

  #minus(): Node {
    return this.#list(
      () => this.#sum(),
      'word',
      'MINUS',
      ([first, ...others]) => ({
        op: 'and',
        terms: [first!, ...others.map((other): Node => ({ op: 'not', terms: [other] }))],
      }),
    );
  }

  #sum(): Node {
    return this.#list(
      () => this.#not(),
      'sign',
      '+',
      (terms) => ({ op: 'sum', terms }),
    );
  }

  #not(): Node {
    let negated = 0;
    while (this.#take('word', 'NOT')) negated++;
    const term = this.#term();
    return negated % 2 === 1 ? { op: 'not', terms: [term] } : term;
  }

  #term(): Node {
    const node = this.#take('sign', '(') ? this.#group() : this.#text();
    const options = this.#options();
    return { ...node, ...options };
  }

  #group(): Node {
    const tree = this.#or();
    if (!this.#take('sign', ')')) this.#fail('a parenthesis is not closed');
    return tree;
  }

  #text(): Node {
    const words: string[] = [];
    for (;;) {
      const { kind, value } = this.#next;
      if (kind !== 'text' && (kind !== 'word' || KEYWORDS.has(value))) break;
      words.push(value);
      this.#at++;
    }
    const prompt = words.join(' ');
    if (prompt.trim() === '') {
      const { kind, value } = this.#next;
      this.#fail(
        `a word is expected${kind === 'end' ? '' : `, not ${value}; quote it if it is meant`}`,
      );
    }
    return { op: 'prompt', prompt };
  }

  #number(name: string, valid: (value: number) => boolean): number {
    const token = this.#next;
    const value = token.kind === 'word' ? Number(token.value) : Number.NaN;
    if (!valid(value)) this.#fail(`${name}; quote the text if this sign is meant`, token);
    this.#at++;
    return value;
  }

  #options(): TermOptions {
    let options: TermOptions = {};
    for (;;) {
      if (this.#take('sign', ':')) {
        const weight = this.#number('a weight above 0 is expected', (v) => v > 0 && v < 1e6);
        options = { ...options, weight };
      } else if (this.#take('sign', '@')) {
        const expected = 'a threshold between 0 and 1 is expected';
        options = { ...options, threshold: this.#number(expected, (v) => v > 0 && v < 1) };
      } else if (this.#take('sign', '{')) options = { ...options, grow: this.#pixels() };
      else return options;
    }
  }

  #pixels(): number {
    this.#take('sign', '+');
    const expected = 'whole pixels such as {+5} or {-3}, 256 at most, are expected';
    const pixels = this.#number(expected, (v) => Number.isInteger(v) && Math.abs(v) <= 256);
    if (!this.#take('sign', '}')) this.#fail('a brace is not closed');
    return pixels;
  }
}

/**
 * Reads the text form of compositions: `face AND NOT (hair OR hat){+5}`, `pizza:0.7 + plate:0.3`,
 * quotes for literal text. Keywords are upper case.
 * @returns a composition, or the text itself if it does not combine anything
 * @throws ClipSegError `invalid-prompt` with the position and a caret
 */
export function parsePrompt(source: string): string | CompositionPrompt<string> {
  if (typeof source !== 'string' || source.length > MAX_LENGTH) {
    const what = typeof source === 'string' ? `has ${source.length} characters` : 'is no text';
    throw new ClipSegError(
      'invalid-prompt',
      `The prompt ${what}; ${MAX_LENGTH} at most are taken.`,
    );
  }
  if (source.trim() === '') return source; // the text strategy says that it is empty
  const tree = new Parser(source).parse();
  const { op, ...options } = tree;
  if (op === 'prompt' && Object.keys(options).length === 1) return tree.prompt;
  return { compose: tree, label: source.trim() };
}
