import type { Finding } from './messages.js';
import type { Result } from './run-targets.js';

const count = (findings: readonly Finding[], ...kinds: Finding['kind'][]): number =>
  findings.filter(({ kind }) => kinds.includes(kind)).length;

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

const COLUMNS = [
  'target',
  'inputs',
  'refused',
  'accepted',
  'untyped',
  'over 5 s',
  'over 500 MB',
  'slowest, ms',
  'largest, MB',
];

const cells = (result: Omit<Result, 'seconds'>): string[] => {
  const { target, inputs, refused, accepted, findings, slowest, largest } = result;
  const numbers = [
    inputs,
    refused,
    accepted,
    count(findings, 'untyped', 'died'),
    count(findings, 'slow'),
    count(findings, 'memory'),
    Math.ceil(slowest),
    largest / 1e6,
  ];
  return [target, ...numbers.map((value) => whole.format(value))];
};

export function total(results: readonly Result[]): Omit<Result, 'seconds'> {
  const sum = (of: (result: Result) => number) => results.reduce((all, one) => all + of(one), 0);
  const most = (of: (result: Result) => number) => Math.max(0, ...results.map(of));
  return {
    target: 'all',
    inputs: sum(({ inputs }) => inputs),
    refused: sum(({ refused }) => refused),
    accepted: sum(({ accepted }) => accepted),
    findings: results.flatMap(({ findings }) => findings),
    slowest: most(({ slowest }) => slowest),
    largest: most(({ largest }) => largest),
  };
}

/** Makes the table for docs/reliability.md. */
export function tableOf(results: readonly Result[], seed: number): string {
  const rows = [...results, total(results)].map(cells);
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  const rule = line(COLUMNS.map((_, i) => (i === 0 ? '---' : '---:')));
  const note = `Seed ${seed}, Node ${process.versions.node}, ${process.platform} ${process.arch}. Refused: with a
ClipSegError whose message is short and printable. Untyped: any other error, or the end of the process.
The slowest is the wall-clock time of one input on a busy machine, the largest what one input added to
the peak of the process.`;
  return [note, '', line(COLUMNS), rule, ...rows.map(line)].join('\n');
}
