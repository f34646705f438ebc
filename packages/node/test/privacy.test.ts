import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runNode } from './support/run-node.js';

// Nothing is sent from this machine, and no unexpected files are written.

const cli = fileURLToPath(new URL('../bin/clipseg.js', import.meta.url));
const picture = fileURLToPath(new URL('../../../fixtures/scenes/images/000.png', import.meta.url));
const SEGMENT = [cli, 'segment', picture, '-p', 'cow', '-o', 'out', '-q'];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-privacy-'));
  for (const name of ['home', 'tmp', 'work']) await mkdir(join(folder, name));
});
afterEach(() => rm(folder, { recursive: true }));

// onnxruntime-node sends no telemetry if one of these variables marks a CI machine.
const BUILD_MACHINES = [
  'CI',
  'TF_BUILD',
  'GITHUB_ACTIONS',
  'GITLAB_CI',
  'CIRCLECI',
  'TRAVIS',
  'JENKINS_URL',
  'CODEBUILD_BUILD_ID',
  'TEAMCITY_VERSION',
  'APPVEYOR',
];

/** Environment of a new user on a machine that is not a CI machine. */
const fresh = (env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(BUILD_MACHINES.map((name) => [name, undefined])),
  HOME: join(folder, 'home'),
  TMPDIR: join(folder, 'tmp'),
  XDG_CACHE_HOME: undefined,
  HF_HOME: undefined,
  CLIPSEG_CACHE: undefined,
  ORT_DISABLE_TELEMETRY: undefined,
  ...env,
});
const filesOf = async (name: string) =>
  (await readdir(join(folder, name), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

it('a run writes only its results', async () => {
  const run = await runNode(SEGMENT, { cwd: join(folder, 'work'), env: fresh() });
  expect(run.code, run.stderr).toBe(0);
  expect(await filesOf('work')).toHaveLength(2); // the mask and the overlay
  expect([await filesOf('home'), await filesOf('tmp')]).toEqual([[], []]);
});

/** Skips the test with a warning if a tool does not work here. */
function need(command: readonly [string, ...string[]], what: string, skip: (note: string) => void) {
  try {
    execFileSync(command[0], command.slice(1), { stdio: 'ignore' });
  } catch {
    const reason = `needs ${command.join(' ')}: ${what}`;
    console.warn(`skipped: ${reason}`);
    skip(reason);
  }
}

/** Runs in a network without connections, so that telemetry cannot leave the machine. */
function runWithoutNetwork(
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
  skip: (note: string) => void,
) {
  need(['unshare', '-rn', 'true'], 'telemetry is switched on without a network only', skip);
  return runNode(['-rn', process.execPath, ...args], { command: 'unshare', ...options });
}

it('the test detects telemetry when it is switched on', async ({ skip }) => {
  const env = fresh({ ORT_DISABLE_TELEMETRY: '0' });
  const run = await runWithoutNetwork(SEGMENT, { cwd: join(folder, 'work'), env }, skip);
  expect(run.code, run.stderr).toBe(0);
  expect(await filesOf('home')).not.toEqual([]);
});

it('a run makes no DNS lookup and no connection', async ({ skip }) => {
  need(['strace', '-V'], 'it shows what system calls a process makes', skip);
  const log = join(folder, 'calls');
  const args = ['-f', '-qq', '-e', 'trace=socket,connect,sendto,sendmsg,sendmmsg', '-o', log];
  const run = await runNode([...args, process.execPath, ...SEGMENT], {
    command: 'strace',
    cwd: join(folder, 'work'),
    env: fresh(),
  });
  expect(run.code, run.stderr).toBe(0);
  const calls = (await readFile(log, 'utf8')).split('\n');
  expect(calls.filter((call) => /AF_INET6?\b/.test(call))).toEqual([]);
});

describe('in a worker thread', () => {
  const worker = `
    import('@clipseg/node').then(async ({ createClipSeg }) => {
      const one = await createClipSeg();
      await one.dispose();
    });`;
  const script = (options: string, before = '') => `
    import { SHARE_ENV, Worker } from 'node:worker_threads';
    ${before}
    const worker = new Worker(${JSON.stringify(worker)}, { eval: true, ${options} });
    worker.on('exit', (code) => { process.exitCode = code; });`;
  const cwd = fileURLToPath(new URL('.', import.meta.url));

  it.for([
    ['a separate environment: prints a warning', '', '', true],
    ['the shared environment', 'env: SHARE_ENV', '', false],
    ['switched off beforehand', '', "process.env.ORT_DISABLE_TELEMETRY = '1';", false],
  ] as const)('%s', async ([, options, before, warned], { skip }) => {
    const args = ['--input-type=module', '-e', script(options, before)];
    const { code, stderr } = await runWithoutNetwork(args, { cwd, env: fresh() }, skip);
    expect(code, stderr).toBe(0);
    expect(/CLIPSEG_TELEMETRY.*ORT_DISABLE_TELEMETRY = '1' on the main thread/s.test(stderr)).toBe(
      warned,
    );
    expect((await filesOf('home')).length > 0).toBe(warned);
  });
});

it('a command line of 100 kB works', async () => {
  const script = `
    import { createClipSeg } from '@clipseg/node';
    const one = await createClipSeg();
    await one.dispose();`;
  const long = Array.from({ length: 3000 }, (_, i) => `a-picture-with-a-long-name-${i}.jpg`);
  const run = await runNode(['--input-type=module', '-e', script, ...long], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: fresh(),
  });
  expect(run).toMatchObject({ code: 0, signal: null, stderr: '' });
});
