import { spawn } from 'node:child_process';

export interface Output {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node in a separate process, over the built packages. */
export function runNode(
  args: readonly string[],
  {
    cwd,
    env,
    command = process.execPath,
  }: { cwd: string; env?: NodeJS.ProcessEnv; command?: string },
): Promise<Output> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe' });
  child.stdin.end();
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
}
