import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LIMITS } from './judge.js';
import { type Finding, PLACE_BYTES, type Report, type Task } from './messages.js';

/** What a child is given of V8's heap: an input that wants more ends it. */
const HEAP_MEGABYTES = 700;
const LOOK_EVERY = 100; // milliseconds
/** Starting a child compiles the sources: that is no input's time. */
const START_SECONDS = 60;

const script = fileURLToPath(new URL('./child.ts', import.meta.url));

/** Bytes of a process's memory that are resident; undefined where the system does not say. */
function residentBytes(pid: number | undefined): number | undefined {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    return Number(pages) * 4096;
  } catch {
    return undefined;
  }
}

export type Ended = { readonly at: number } & Pick<Finding, 'kind' | 'what'>;

/** A child process, and the file that says which input it is at. */
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

  /** Runs the task; says what input ended the child, if one did. */
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
