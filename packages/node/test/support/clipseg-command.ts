import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../bin/clipseg.js', import.meta.url));

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string;
  /** Written to stdin instead of a file. */
  readonly input?: string | Uint8Array;
  /** Keeps stdin open without sending anything. */
  readonly waiting?: boolean;
  /** Default SIGINT. */
  readonly signal?: NodeJS.Signals;
  /** Sends the signal when stderr matches. */
  readonly interruptAt?: RegExp;
}

/** Runs the built command in a separate process. */
export function run(
  folder: string,
  args: readonly string[],
  { stdin, input, waiting, interruptAt, signal = 'SIGINT' }: RunOptions = {},
): Promise<Result> {
  const env = { ...process.env, CLIPSEG_CACHE: join(folder, 'cache'), HF_HOME: join(folder, 'hf') };
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env });
  if (stdin) createReadStream(stdin).pipe(child.stdin);
  else if (!waiting) child.stdin.end(input);
  child.stdin.on('error', () => {}); // the command may end before it has read everything
  let [stdout, stderr, interrupted] = ['', '', false];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
    if (interruptAt?.test(stderr) && !interrupted) interrupted = child.kill(signal);
  });
  return new Promise((done) => child.on('close', (code) => done({ code, stdout, stderr })));
}
