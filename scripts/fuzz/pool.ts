import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LIMITS } from './judge.js';
import { type Finding, PLACE_BYTES, type Report, type Task } from './messages.js';

/** Limit of V8's heap in a child; an input that needs more ends the child. */
const HEAP_MEGABYTES = 700;
const LOOK_EVERY = 100; // milliseconds
/** Extra time for the first input of a child, which compiles the sources. */
const START_SECONDS = 60;

const script = fileURLToPath(new URL('./child.ts', import.meta.url));

/** Returns the resident memory of a process in bytes; undefined if unknown. */
function residentBytes(pid: number | undefined): number | undefined {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    return Number(pages) * 4096;
  } catch {
    return undefined;
  }
}

export type Ended = { readonly at: number } & Pick<Finding, 'kind' | 'what'>;

/** A child process, with the file that has the number of its current input. */
export class Child {
  readonly #folder = mkdtempSync(join(tmpdir(), 'clipseg-fuzz-'));
  readonly #process: ChildProcess;
  #stderr = '';

  constructor() {
    this.#process = fork(script, [join(this.#folder, 'place')], {
      execArgv: [
        '--conditions=@clipseg/source',
        '--import',
        'tsx',
        `--max-old-space-size=${HEAP_MEGABYTES}`,
      ],
      env: { ...process.env, TMPDIR: this.#folder, ORT_DISABLE_TELEMETRY: '1' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.#process.stderr?.on('data', (text) => {
      this.#stderr = (this.#stderr + text).slice(-1500);
    });
  }

  #place(): { index: number; resident: number } | undefined {
    try {
      const bytes = readFileSync(join(this.#folder, 'place'));
      if (bytes.length < PLACE_BYTES) return undefined;
      return { index: bytes.readDoubleLE(0), resident: bytes.readDoubleLE(8) };
    } catch {
      return undefined;
    }
  }

  /** Runs the task and reports the input that ended the child, if any. */
  run(task: Task, onReport: (report: Report) => void): Promise<Ended | undefined> {
    const child = this.#process;
    let killed: Pick<Finding, 'kind' | 'what'> | undefined;
    let seen = { index: -1, since: performance.now() };
    let started = false;
    const kill = (kind: Finding['kind'], what: string) => {
      killed ??= { kind, what };
      child.kill('SIGKILL');
    };
    const look = () => {
      const now = performance.now();
      const place = this.#place();
      if (place && place.index !== seen.index) {
        started = true;
        seen = { index: place.index, since: now };
      }
      const limit = started ? LIMITS.seconds : START_SECONDS;
      if (now - seen.since > 1000 * limit) kill('slow', `no end after ${limit} s`);
      const resident = residentBytes(child.pid);
      const grown = (resident ?? 0) - (place?.resident ?? Number.POSITIVE_INFINITY);
      if (grown > 1e6 * LIMITS.megabytes) kill('memory', `over ${LIMITS.megabytes} MB`);
    };
    return new Promise((resolve) => {
      const timer = setInterval(look, LOOK_EVERY);
      const finish = (ended?: Ended) => {
        clearInterval(timer);
        child.removeAllListeners('message').removeAllListeners('exit');
        resolve(ended);
      };
      child.on('message', (report: Report) => {
        started = true;
        onReport(report);
        if (report.done) finish();
      });
      child.on('exit', (code, signal) => {
        const what = `exit code ${code}, signal ${signal}\n${this.#stderr}`;
        const at = this.#place()?.index ?? task.from;
        this.close();
        finish({ at, ...(killed ?? { kind: 'died', what }) });
      });
      child.send(task);
    });
  }

  close(): void {
    this.#process.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
