// Names of files and prompts may hold what steers a terminal: its control sequences (the C1 ones
// too), line breaks that make up lines of their own, marks that turn the direction of writing.
const STEERING = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text of several lines that does nothing to a terminal but appear on it. */
export const printableText = (text: string): string => text.replace(STEERING, escaped);

/** The same on one line. */
export const printable = (text: string): string => printableText(text).replace(/\n/g, '\\n');

/** A line of JSON; whatever reads it gets the same value. */
export const jsonLine = (value: unknown): string => `${printableText(JSON.stringify(value))}\n`;

/** A line of results for people on stdout. */
export const print = (line: string): void => {
  process.stdout.write(`${printable(line)}\n`);
};
