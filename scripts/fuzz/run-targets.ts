import type { Finding, Report, Task } from './messages.js';
import { Child } from './pool.js';
import type { Target } from './target.js';

/** Results of a target. */
export interface Result {
  readonly target: string;
  inputs: number;
  accepted: number;
  refused: number;
  slowest: number;
  largest: number;
  seconds: number;
  readonly findings: Finding[];
}

export interface RunOptions {
  readonly inputs: number;
  readonly seed: number;
  readonly jobs: number;
  /** Number of the only input to run. */
  readonly only?: number;
  readonly onDone?: (result: Result) => void;
}

/** Inputs that end a child before a target is abandoned, as each costs seconds. */
const MAX_DEATHS = 20;

/** Distributes the inputs by weight, at least one per target. */
function sharesOf(targets: readonly Target[], inputs: number): number[] {
  const total = targets.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return targets.map(({ weight = 1 }) => Math.max(1, Math.ceil((inputs * weight) / total)));
}

function add(result: Result, report: Report): void {
  result.accepted += report.accepted;
  result.refused += report.refused;
  result.slowest = Math.max(result.slowest, report.slowest);
  result.largest = Math.max(result.largest, report.largest);
  result.findings.push(...report.findings);
}

/** Pool of children; each runs one target and is replaced if an input ends it. */
class Worker {
  #child: Child | undefined;

  async run(name: string, [from, to]: readonly [number, number], seed: number): Promise<Result> {
    const result: Result = {
      target: name,
      inputs: to - from,
      accepted: 0,
      refused: 0,
      slowest: 0,
      largest: 0,
      seconds: 0,
      findings: [],
    };
    const start = performance.now();
    const skip: number[] = [];
    let next = from;
    while (next < to) {
      const ended = await this.#try({ target: name, seed, from: next, to, skip }, (report) => {
        add(result, report);
        next = report.next;
      });
      if (!ended) break;
      skip.push(ended.at);
      const { at: index, kind, what } = ended;
      if (kind === 'died' || !(await this.#passesAlone(name, index, seed))) {
        result.findings.push({ target: name, index, kind, what });
      } else result.accepted++;
      if (skip.length === MAX_DEATHS) {
        result.inputs = next - from;
        break;
      }
    }
    result.seconds = (performance.now() - start) / 1000;
    return result;
  }

  /** Retries an input by itself, as it may have been slow only because the machine is busy. */
  async #passesAlone(target: string, index: number, seed: number): Promise<boolean> {
    const task = { target, seed, from: index, to: index + 1, skip: [] };
    return (await this.#try(task, () => {})) === undefined;
  }

  async #try(task: Task, onReport: (report: Report) => void) {
    this.#child ??= new Child();
    const ended = await this.#child.run(task, onReport);
    if (ended) this.#child = undefined;
    return ended;
  }

  close(): void {
    this.#child?.close();
    this.#child = undefined;
  }
}

/** Runs the targets, `jobs` at a time, each in a child process with limits. */
export async function runTargets(
  targets: readonly Target[],
  { inputs, seed, jobs, only, onDone }: RunOptions,
): Promise<Result[]> {
  const shares = sharesOf(targets, inputs);
  const results: Result[] = [];
  let turn = 0;
  const work = async () => {
    const worker = new Worker();
    while (turn < targets.length) {
      const i = turn++;
      const range = only === undefined ? ([0, shares[i]!] as const) : [only, only + 1];
      const { name } = targets[i]!;
      const result = await worker.run(name, range as readonly [number, number], seed);
      results[i] = result;
      onDone?.(result);
    }
    worker.close();
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return results;
}
