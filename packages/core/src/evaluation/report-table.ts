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

/** Of prompts for what is not there the other columns say nothing. */
const ALWAYS = ['prompts', 'n', 'empty'];

/** Titles and one row a kind, for tables of any form. */
export function evaluationRows({ kinds }: Evaluation): string[][] {
  const rows = kinds.map((kind) =>
    columns.map(([title, of]) => (kind.present > 0 || ALWAYS.includes(title) ? of(kind) : '')),
  );
  return [columns.map(([title]) => title), ...rows];
}

/** Rows of text, the first of them titles, as a table in Markdown that also reads well as it is. */
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
 * A table of the kinds: `IoU` and `boundary F` are means over the prompts; `fg IoU`, `bin. IoU`,
 * `AP`, precision, recall and Dice are of all pixels together; `mIoU` is the mean over categories;
 * `best at` a threshold and the fg IoU it would give; `empty` the share of masks below 1 % of the
 * picture; `presence` an AUROC.
 */
export const evaluationTable = (evaluation: Evaluation): string =>
  markdownTable(evaluationRows(evaluation));
