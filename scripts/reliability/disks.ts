// Runs the command on disks with too little space, and again with enough space:
//   npm run reliability:disks [-- --steps 8] [--write]      (needs permission to mount a disk)
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { replaceSection } from '../replace-section.js';
import { createJobs, ended, type Job, leftovers, resultOf, start } from './jobs.js';

const { values: options } = parseArgs({
  options: { steps: { type: 'string', default: '8' }, write: { type: 'boolean', default: false } },
});
const DISK = 256 * 2 ** 20;

interface Tally {
  readonly name: string;
  runs: number;
  /** Runs that ended with exit code 1 and a message about disk space. */
  refused: number;
  left: number;
  wrong: number;
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries.map(async (entry) =>
    entry.isFile() ? (await stat(join(entry.parentPath, entry.name))).size : 0,
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function onDisk<T>(use: (disk: string) => Promise<T>): Promise<T> {
  const disk = await mkdtemp(join(tmpdir(), 'clipseg-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', disk]);
  try {
    return await use(disk);
  } finally {
    execFileSync('umount', [disk]);
    await rm(disk, { recursive: true });
  }
}

/** Runs a job with `free` bytes, then with plenty of space. */
async function tryWith(job: Job, free: number, expected: string, tally: Tally): Promise<void> {
  await onDisk(async (disk) => {
    const [folder, ballast] = [join(disk, 'work'), join(disk, 'ballast')];
    await mkdir(folder);
    const pages = 4096 * Math.ceil((DISK - free) / 4096);
    await writeFile(ballast, new Uint8Array(Math.max(0, pages - 16 * 4096)));
    const short = await ended(start(job, folder));
    tally.runs++;
    if (short.code === 1 && /space|disk is full/i.test(short.stderr)) tally.refused++;
    else console.error(`${job.name}, ${free} bytes free: exit ${short.code}\n${short.stderr}`);
    await rm(ballast);
    const plenty = await ended(start(job, folder));
    const right = plenty.code === 0 && (await resultOf(job, folder)) === expected;
    const left = await leftovers(folder);
    if (!right) tally.wrong++;
    if (left.length > 0) tally.left++;
    if (!right || left.length > 0) {
      console.error(`${job.name}, after ${free} bytes: ${plenty.stderr}\nleft: ${left.join(', ')}`);
    }
  });
}

const { jobs, close } = await createJobs();
const tallies: Tally[] = [];
for (const job of jobs) {
  const tally: Tally = { name: job.name, runs: 0, refused: 0, left: 0, wrong: 0 };
  tallies.push(tally);
  const { result, bytes } = await onDisk(async (disk) => {
    const { code, stderr } = await ended(start(job, disk));
    if (code !== 0) throw new Error(`${job.name} fails with enough space:\n${stderr}`);
    return { result: await resultOf(job, disk), bytes: await bytesBelow(disk) };
  });
  const steps = Number(options.steps);
  for (let step = 0; step < steps; step++) {
    await tryWith(job, Math.floor((0.9 * bytes * step) / steps), result, tally);
  }
  console.error(JSON.stringify(tally));
}
await close();

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
const table = [
  row([
    'the disk fills up during',
    'runs',
    'ended with a message',
    'wrong results later',
    'files left by the next run',
  ]),
  row(['---', '---:', '---:', '---:', '---:']),
  ...tallies.map((t) => row([t.name, t.runs, t.refused, t.wrong, t.left])),
].join('\n');
console.log(table);
if (options.write) await replaceSection('docs/reliability.md', 'reliability:disks', table);
if (tallies.some((t) => t.wrong + t.left > 0 || t.refused < t.runs)) process.exitCode = 1;
