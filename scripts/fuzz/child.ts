import { openSync, writeSync } from 'node:fs';
import { judge, LIMITS, type Outcome } from './judge.js';
import type { Finding, Report, Task } from './messages.js';
import { PLACE_BYTES } from './messages.js';
import { Random } from './random.js';
import type { Target } from './target.js';
import { targets } from './targets.js';

// Runs inputs of targets for the parent. Writes the number of each input to a file first, so that
// the parent knows the input at which a child hung or died.

const place = openSync(process.argv[2]!, 'w');
const buffer = new Float64Array(PLACE_BYTES / 8);

/** Errors that nobody catches: unhandled rejections, callbacks that throw. */
const stray: unknown[] = [];
process.on('unhandledRejection', (error) => stray.push(error));
process.on('uncaughtException', (error) => stray.push(error));

const peak = (): number => process.resourceUsage().maxRSS * 1024;
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Tally {
  accepted = 0;
  refused = 0;
  slowest = 0;
  largest = 0;
  readonly findings: Finding[] = [];

  constructor(readonly target: string) {}

  add(index: number, outcome: Outcome, milliseconds: number, bytes: number): void {
    this.slowest = Math.max(this.slowest, milliseconds);
    this.largest = Math.max(this.largest, bytes);
    const find = (kind: Finding['kind'], what: string) =>
      this.findings.push({ target: this.target, index, kind, what });
    if (outcome.kind === 'untyped') find('untyped', outcome.what ?? '');
    else if (milliseconds > 1000 * LIMITS.seconds) find('slow', `${milliseconds} ms`);
    else if (bytes > 1e6 * LIMITS.megabytes) find('memory', `${Math.round(bytes / 1e6)} MB`);
    else this[outcome.kind]++;
  }

  report(next: number, done: boolean): Report {
    const { accepted, refused, slowest, largest, findings } = this;
    return { next, accepted, refused, slowest, largest, findings, done };
  }
}

async function runOne(target: Target, task: Task, index: number, tally: Tally): Promise<void> {
  buffer[0] = index;
  buffer[1] = process.memoryUsage.rss();
  writeSync(place, buffer, 0, PLACE_BYTES, 0);
  const input = target.input(Random.of(task.seed, task.target, index));
  const before = peak();
  const start = performance.now();
  let outcome = judge(target, input);
  if (outcome instanceof Promise) {
    outcome = await outcome;
    await tick(); // unhandled rejections are reported by then
  }
  const error = stray.shift();
  if (error !== undefined) {
    const stack = error instanceof Error ? error.stack : String(error);
    outcome = { kind: 'untyped', what: `not catchable: ${stack?.slice(0, 600)}` };
  }
  tally.add(index, outcome, performance.now() - start, peak() - before);
}

const REPORT_EVERY = 250; // milliseconds
const send = (report: Report): Promise<void> =>
  new Promise((resolve) => process.send?.(report, () => resolve()));

async function run(task: Task): Promise<void> {
  const target = targets.find(({ name }) => name === task.target);
  if (!target) throw new Error(`The target ${task.target} does not exist.`);
  const skip = new Set(task.skip);
  let tally = new Tally(task.target);
  let last = performance.now();
  for (let index = task.from; index < task.to; index++) {
    if (!skip.has(index)) await runOne(target, task, index, tally);
    if (performance.now() - last < REPORT_EVERY) continue;
    await send(tally.report(index + 1, false));
    tally = new Tally(task.target);
    last = performance.now();
  }
  await send(tally.report(task.to, true));
}

process.on('message', (task: Task) => {
  run(task).catch((error) => {
    console.error(error); // an error of the harness; the parent reports the end of this process
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit(0));
