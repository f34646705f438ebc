import { parsePrompt } from '@clipseg/core';
import { type Color, colorOf } from '@clipseg/core/formats';
import type { CompositionPrompt } from '@clipseg/core/prompts';

/** A row in the list of prompts. */
export interface PromptRow {
  readonly id: number;
  readonly text: string;
  /** The parsed text; undefined if it does not parse, or is blank. */
  readonly prompt: string | CompositionPrompt | undefined;
  readonly color: Color;
}

/** Returns a prompt's label in results. */
export const labelOf = (prompt: string | CompositionPrompt): string =>
  typeof prompt === 'string' ? prompt : (prompt.label ?? '');

export const rowText = (row: PromptRow, text: string, prompt: PromptRow['prompt']): PromptRow => ({
  ...row,
  text,
  prompt: text.trim() === '' ? undefined : prompt,
});

/** Adds a row in the first free color. */
export function withRow(rows: readonly PromptRow[], text: string): readonly PromptRow[] {
  const id = Math.max(0, ...rows.map((row) => row.id)) + 1;
  const taken = rows.map(({ color }) => color);
  let place = 0;
  while (place < taken.length && taken.includes(colorOf(place))) place++;
  const row: PromptRow = { id, text, prompt: undefined, color: colorOf(place) };
  return [...rows, rowText(row, text, text.trim() === '' ? undefined : parsePrompt(text))];
}

export const rowsOf = (texts: readonly string[]): readonly PromptRow[] =>
  texts.reduce<readonly PromptRow[]>(withRow, []);
