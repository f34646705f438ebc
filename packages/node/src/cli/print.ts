// File names and prompts may contain characters that a terminal acts on: control sequences (C1
// too), line breaks that forge a line of output, and marks that reverse the writing direction.
const UNSAFE = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Escapes characters that a terminal would act on; line breaks stay. */
export const printableText = (text: string): string => text.replace(UNSAFE, escaped);

/** Escapes the same characters and line breaks. */
export const printable = (text: string): string => printableText(text).replace(/\n/g, '\\n');

/** Writes a value as one line of JSON, with unsafe characters as JSON escapes. */
export const jsonLine = (value: unknown): string => `${printableText(JSON.stringify(value))}\n`;

/** Prints a line of human-readable results on stdout. */
export const print = (line: string): void => {
  process.stdout.write(`${printable(line)}\n`);
};
