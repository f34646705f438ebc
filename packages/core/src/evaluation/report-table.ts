import type { Evaluation } from './evaluate.js';
import type { KindScores } from './tally.js';

type Column = readonly [title: string, value: (scores: KindScores) => string];

const three = (value: number): string => value.toFixed(3);
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

const columns: readonly Column[] = [
  ['prompts', ({ kind }) => kind],
  ['n', ({ count }) => String(count)],
  ['IoU', ({ iou }) => three(iou)],
  ['boundary F', (scores) => three(scores.boundaryF)],
  ['fg IoU', ({ pixels }) => three(pixels.iou)],
  ['bin. IoU', ({ pixels }) => three(pixels.binaryIou)],
  ['mIoU', ({ meanIou }) => three(meanIou)],
  ['AP', ({ averagePrecision }) => three(averagePrecision)],
  ['precision', ({ pixels }) => three(pixels.precision)],
  ['recall', ({ pixels }) => three(pixels.recall)],
  ['Dice', ({ pixels }) => three(pixels.dice)],
  ['best at', ({ best }) => `${best.threshold.toFixed(2)}: ${three(best.iou)}`],
  ['empty', ({ empty }) => percent(empty)],
  ['presence', ({ presence }) => (presence ? three(presence.auroc) : '')],
];

/** The columns that are meaningful for prompts of absent objects. */
const ALWAYS = ['prompts', 'n', 'empty'];

/** Returns the titles, then one row per kind, for a table in any format. */
export function evaluationRows({ kinds }: Evaluation): string[][] {
  const rows = kinds.map((kind) =>
    columns.map(([title, of]) => (kind.present > 0 || ALWAYS.includes(title) ? of(kind) : '')),
  );
  return [columns.map(([title]) => title), ...rows];
}

/** Writes rows of text, titles first, as a Markdown table with aligned columns. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(3, ...rows.map((row) => row[c]!.length)));
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  const padded = (row: readonly string[]) =>
    row.map((cell, c) => (c ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)));
  const rule = widths.map((width, c) => (c ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  const [titles, ...body] = rows.map((row) => line(padded(row)));
  return [titles, line(rule), ...body].join('\n');
}

/**
 * Writes a table with a row per kind: `IoU` and `boundary F` are means over the prompts; `fg IoU`,
 * `bin. IoU`, `AP`, precision, recall and Dice count all pixels together; `mIoU` is the mean over
 * categories; `best at` is the best threshold and its fg IoU; `empty` is the share of masks below
 * 1 % of the image; `presence` is an AUROC.
 */
export const evaluationTable = (evaluation: Evaluation): string =>
  markdownTable(evaluationRows(evaluation));
