// Kills the command at random moments, and checks the result of the next run:
//   npm run reliability:kills [-- --kills 210] [--seed 1] [--job 1] [--write]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '@clipseg/core/internal';
import { replaceSection } from '../replace-section.js';
import { createJobs, ended, type Job, leftovers, resultOf, start } from './jobs.js';

const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '210' },
    seed: { type: 'string', default: '1' },
    job: { type: 'string' }, // 1 to 3: only this job
    write: { type: 'boolean', default: false },
  },
});
const random = seededRandom(Number(options.seed));

interface Tally {
  readonly name: string;
  kills: number;
  /** Kills that left incomplete files behind. */
  dirty: number;
  wrong: number;
  left: number;
}

/** Runs a job undisturbed, for its results and duration. */
async function undisturbed(job: Job): Promise<{ result: string; ms: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'clipseg-kill-'));
  try {
    const from = performance.now();
    const { code, stderr } = await ended(start(job, folder));
    if (code !== 0) throw new Error(`${job.name} fails undisturbed:\n${stderr}`);
    return { result: await resultOf(job, folder), ms: performance.now() - from };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Kills one to three runs in a folder, then lets one finish. */
async function round(job: Job, expected: { result: string; ms: number }, tally: Tally) {
  const folder = await mkdtemp(join(tmpdir(), 'clipseg-kill-'));
  try {
    for (let times = 1 + Math.floor(3 * random()); times > 0; times--) {
      const child = start(job, folder);
      const end = ended(child);
      const from = performance.now();
      const share = job.from + (1 - job.from) * random();
      await Promise.race([end, sleep(share * expected.ms)]);
      if (!child.kill('SIGKILL') || (await end).signal !== 'SIGKILL') {
        expected.ms = Math.min(expected.ms, performance.now() - from); // it was faster this time
        continue;
      }
      tally.kills++;
      if ((await leftovers(folder)).length > 0) tally.dirty++;
    }
    const { code, stderr } = await ended(start(job, folder));
    const right = code === 0 && (await resultOf(job, folder)) === expected.result;
    const left = await leftovers(folder);
    if (!right) {
      tally.wrong++;
      console.error(`${job.name}: the run after a kill is wrong (exit ${code})\n${stderr}`);
    }
    if (left.length > 0) {
      tally.left++;
      console.error(`${job.name}: left over after the next run: ${left.join(', ')}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

const { jobs, close } = await createJobs();
const tallies: Tally[] = [];
const chosen = options.job === undefined ? jobs : [jobs[Number(options.job) - 1]!];
for (const job of chosen) {
  const expected = await undisturbed(job);
  const tally: Tally = { name: job.name, kills: 0, dirty: 0, wrong: 0, left: 0 };
  tallies.push(tally);
  while (tally.kills < Number(options.kills) / jobs.length) {
    await round(job, expected, tally);
  }
  console.error(JSON.stringify(tally));
}
await close();

const sum = (of: (tally: Tally) => number) => tallies.reduce((all, tally) => all + of(tally), 0);
const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
const table = [
  row([
    'killed during',
    'kills',
    'left files behind',
    'wrong results',
    'files left by the next run',
  ]),
  row(['---', '---:', '---:', '---:', '---:']),
  ...tallies.map((t) => row([t.name, t.kills, t.dirty, t.wrong, t.left])),
  row(['all', sum((t) => t.kills), sum((t) => t.dirty), sum((t) => t.wrong), sum((t) => t.left)]),
].join('\n');
console.log(table);
const note = `SIGKILL at random moments, seed ${options.seed}, Node ${process.version}; up to three kills before a run may finish.`;
if (options.write) {
  await replaceSection('docs/reliability.md', 'reliability:kills', `${table}\n\n${note}`);
}
if (sum((t) => t.wrong + t.left) > 0) process.exitCode = 1;
