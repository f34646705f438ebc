import { spawn, spawnSync } from 'node:child_process';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/files.js';
import { removeLeftovers, scratchFolder, temporaryFile } from './leftovers.js';
import { writeFile as writeWhole } from './write-file.js';

const folder = temporaryFolder();
const dead = spawnSync(process.execPath, ['--version']).pid;
const living = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
let count = 0;
let output: string;

beforeAll(() => {
  expect(living.pid).toBeDefined();
});
afterAll(() => void living.kill());

const by = (pid: number | undefined, name: string): string =>
  name.replace(`-${process.pid}-`, `-${pid}-`);
const elsewhere = (name: string): string => name.replace(/[0-9a-f]{8}-(?=\d+-)/, '00000000-');

/** Tells whether `removeLeftovers` keeps a file and a folder with changed names. */
async function isKept(change: (name: string) => string, age = 0): Promise<boolean[]> {
  output = folder.path(`output-${count++}`);
  const scratch = change(scratchFolder(output));
  const file = change(temporaryFile(join(output, 'decoder.onnx')));
  await mkdir(scratch, { recursive: true });
  await Promise.all([file, join(scratch, 'inner')].map((path) => writeFile(path, 'half')));
  const time = Date.now() / 1000 - age;
  for (const path of [file, scratch]) await utimes(path, time, time);
  await removeLeftovers(output);
  const names = await readdir(output);
  return [scratch, file].map((path) => names.includes(basename(path)));
}

const DAY = 24 * 60 * 60;

describe('temporary files of a run', () => {
  test.each([
    ['are removed if their process has ended', (name: string) => by(dead, name), 0, false],
    ['stay if their process is running', (name: string) => by(living.pid, name), 0, true],
    ['stay if they belong to this process', (name: string) => name, 0, true],
    [
      'are removed if they belong to an earlier process with the same id',
      (name: string) => name,
      DAY / 2,
      false,
    ],
    [
      'stay if they belong to another machine',
      (name: string) => elsewhere(by(dead, name)),
      0,
      true,
    ],
    ['are removed after a day if they belong to another machine', elsewhere, DAY + 60, false],
    [
      'are removed after a day, also if the id is in use',
      (n: string) => by(living.pid, n),
      DAY + 60,
      false,
    ],
  ] as const)('%s', async (_, change, age, kept) => {
    expect(await isKept(change, age)).toEqual([kept, kept]);
  });

  test('files of the user stay, however old', async () => {
    output = folder.path('own');
    const names = ['notes.tmp', '.scratch-mine', 'decoder.onnx', 'a.0a0a0a0a-1.tmp'];
    await mkdir(output);
    for (const name of names) {
      await writeFile(join(output, name), '');
      await utimes(join(output, name), 0, 0);
    }
    await removeLeftovers(output);
    expect((await readdir(output)).sort()).toEqual(names.sort());
  });

  test('are removed when the next file is written to the folder', async () => {
    output = folder.path('written');
    await mkdir(output);
    await writeFile(by(dead, temporaryFile(join(output, 'mask.png'))), 'half');
    await writeWhole(join(output, 'mask.png'), [Uint8Array.of(1)]);
    expect(await readdir(output)).toEqual(['mask.png']);
  });

  test('a missing folder is not an error', async () => {
    await removeLeftovers(folder.path('nowhere'));
  });
});
