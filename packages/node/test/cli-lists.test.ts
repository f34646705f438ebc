import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { trainedWords } from '@clipseg/mini/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNames } from '../src/cli/name-list.js';
import { type RunOptions, run } from './support/clipseg-command.js';

const scene = fileURLToPath(new URL('../../../fixtures/scenes/images/000.png', import.meta.url));
const cli = fileURLToPath(new URL('../bin/clipseg.js', import.meta.url));
const COUNT = 10_000;
/** Names of missing images; 10,000 of them must not take long. */
const names = Array.from({ length: COUNT }, (_, i) => `an-image-with-a-long-name-${i}.png`);
const small = ['--resolution', '64', '--format', 'mask'];
const lines = (text: string) => text.split('\n').filter((line) => line !== '');
let folder: string;
let count = 0;

const clipseg = (args: readonly string[], options: RunOptions = {}) => run(folder, args, options);
const segment = (args: readonly string[], options: RunOptions = {}) =>
  clipseg(['segment', ...args, '-p', 'food', '-o', `out-${count}`, ...small], options);
const images = (stdout: string): string[] => lines(stdout).map((line) => JSON.parse(line).image);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-lists-'));
  for (const name of ['p.png', '#1 [x] *.png', ' b.png']) await cp(scene, join(folder, name));
});
afterAll(() => rm(folder, { recursive: true }));

describe('10,000 names', () => {
  it.each<[string, readonly string[], RunOptions]>([
    ['as arguments', ['p.png', ...names], {}],
    ['as lines on stdin', ['--from', '-', 'p.png'], { input: names.join('\n') }],
    ['ended by NUL', ['--from', '-', 'p.png'], { input: names.map((n) => `${n}\0`).join('') }],
  ])('%s', async (_, args, options) => {
    count++;
    const { code, stdout, stderr } = await segment([...args, '--json'], options);
    expect(code).toBe(1);
    expect(images(stdout)).toEqual(['p.png']);
    expect(lines(stderr)).toEqual(names.map((name) => `clipseg: There is no image ${name}.`));
    expect(await readdir(join(folder, `out-${count}`))).toEqual(['p.food.mask.png']);
  });

  it('as prompts of other commands', async () => {
    const texts = names.slice(0, 1000).flatMap((name) => ['-p', name]);
    const broken = await clipseg(['prompts', 'encode', ...texts, '-p', 'a AND']);
    expect([broken.code, broken.stderr]).toEqual([1, expect.stringMatching(/word is expected/)]);
    const few = Array.from({ length: 300 }, (_, i) => ['-p', `a food of number ${i}`]).flat();
    const encoded = await clipseg(['prompts', 'encode', '-q', ...few, '-o', 'many.safetensors']);
    expect(encoded).toMatchObject({ code: 0, stderr: '' });
    expect(encoded.stdout).toMatch(/^many\.safetensors\t300 prompts/);
  });
});

describe('the worker for a long command line', () => {
  const long = names.slice(0, 1500);

  it('stops at an interrupt while stdin sends nothing', async () => {
    count++;
    const options = { waiting: true, interruptAt: /p\.png: food/ };
    expect((await segment(['p.png', '-', ...long], options)).code).toBe(130);
    expect((await segment(['p.png', '-'], options)).code).toBe(130); // also without a worker
  });

  it('shares stdin, exit codes and --debug', async () => {
    count++;
    const result = await segment(['-', ...long, '--json', '--debug'], { stdin: scene });
    expect(result.code).toBe(1);
    expect(images(result.stdout)).toEqual(['-']);
    expect(result.stderr).toMatch(/ClipSegError: There is no image.*\n\s+at /);
    expect((await clipseg(['segment', ...long])).code).toBe(2);
    expect((await clipseg(['segment', ...long, '--help'])).code).toBe(0);
  });

  it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('ends at %s with 130', async (signal) => {
    count++;
    const many = Array.from({ length: 2000 }, (_, i) => `${'./'.repeat(1 + (i % 40))}p.png`);
    const args = [...many, `./${'x/../'.repeat(5)}p.png`];
    await mkdir(join(folder, 'x'), { recursive: true });
    const { code } = await segment(args, { interruptAt: /p\.png: food/, signal });
    expect(code).toBe(130);
    const left = await readdir(join(folder, `out-${count}`));
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'has a short command line, stops when the command is killed, and counts each Ctrl-C once',
    async () => {
      count++;
      const args = ['segment', '-', ...long, '-p', 'food', '-o', `out-${count}`, ...small];
      const started = (detached: boolean) =>
        new Promise<ReturnType<typeof spawn>>((done) => {
          const child = spawn(process.execPath, [cli, ...args], { cwd: folder, detached });
          child.stderr.once('data', () => done(child)); // the worker has its arguments
        });
      const ended = (child: ReturnType<typeof spawn>) =>
        new Promise<[number | null, NodeJS.Signals | null]>((done) =>
          child.on('close', (...end) => done(end)),
        );
      const short = await started(false);
      if (process.platform === 'linux') {
        // ONNX Runtime crashes above about 20 kB, unless its telemetry is off.
        const { pid } = short;
        const worker = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim();
        expect((await readFile(`/proc/${pid}/cmdline`)).length).toBeGreaterThan(50_000);
        expect((await readFile(`/proc/${worker}/cmdline`)).length).toBeLessThan(4096);
      }
      short.kill('SIGTERM');
      expect(await ended(short)).toEqual([130, null]);
      // The last process that has the streams closes them, so the worker has ended too.
      const killed = await started(false);
      killed.kill('SIGKILL');
      expect(await ended(killed)).toEqual([null, 'SIGKILL']);
      const group = await started(true);
      process.kill(-group.pid!, 'SIGINT');
      expect(await ended(group)).toEqual([130, null]);
    },
  );
});

describe('--from', () => {
  const { signal } = new AbortController();
  const read = async (list: string | Uint8Array) => {
    await writeFile(join(folder, 'list.txt'), list);
    return readNames(join(folder, 'list.txt'), signal);
  };

  it('takes names literally, and each name once', async () => {
    count++;
    await read('p.png\n#1 [x] *.png\r\np.png\n b.png');
    const { code, stdout } = await segment(['--from', 'list.txt', '--json']);
    expect([code, images(stdout)]).toEqual([0, ['p.png', '#1 [x] *.png', ' b.png']]);
  });

  it.each<[string, string | Uint8Array, readonly string[]]>([
    ['lines', 'p.png\n#1 [x] *.png\n', ['p.png', '#1 [x] *.png']],
    ['a last line without an end', 'a\nb', ['a', 'b']],
    ['CRLF, a BOM and empty lines', '\ufeffp.png\r\n\r\n b.png \r\n', ['p.png', ' b.png ']],
    ['UTF-16', Buffer.from('\ufeffp.png\r\n猫.png', 'utf16le'), ['p.png', '猫.png']],
    ['NUL-separated names with line ends', 'p\n.png\0#1\r\n\0', ['p\n.png', '#1\r\n']],
    ['an empty list', '', []],
  ])('takes %s', async (_, list, expected) => {
    expect(await read(list)).toEqual(expected);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['an image', new Uint8Array([0x89, 80, 78, 71, 13, 10, 0]), /not UTF-8 text/],
    ['a huge line', 'x'.repeat(100_000), /name 1 has more than 4096 bytes/],
    ['a huge file', new Uint8Array(64 * 2 ** 20 + 1), /more than 67108864 bytes/],
  ])('refuses %s', async (_, list, message) => {
    await expect(read(list)).rejects.toThrow(message);
  });
});

describe('hostile names', () => {
  it('are escaped on a terminal', async () => {
    count++;
    const name = 'e\u001b]0;evil\u0007\nclipseg: all is well\u009b31m.png';
    await cp(scene, join(folder, name));
    const { code, stderr, stdout } = await segment([name, 'n\u001b[2J.png', '--json']);
    expect(code).toBe(1);
    expect(images(stdout)).toEqual([name]);
    const printed = await clipseg([
      'segment',
      name,
      '-p',
      'a \u001b[8m',
      '-o',
      'printed',
      ...small,
    ]);
    for (const text of [stderr, stdout, printed.stderr]) {
      expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      expect(text).not.toMatch(/^clipseg: all is well/m);
    }
    expect(printed.stderr).toContain(
      'e\\u001b]0;evil\\u0007\\nclipseg: all is well\\u009b31m.png: a',
    );
    expect(await readdir(join(folder, 'printed'))).toEqual([
      'e-]0;evil--clipseg- all is well-31m.a-8m.mask.png',
    ]);
  });

  it('may start with -', async () => {
    count++;
    await cp(scene, join(folder, '--photo.png'));
    const { code, stderr } = await segment(['--photo.png']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/write \.\/--photo\.png or put -- before/),
    ]);
    const args = ['-p', 'food', '-o', 'dashed', ...small, '--', '--photo.png'];
    expect((await clipseg(['segment', ...args])).code).toBe(0);
    expect(await readdir(join(folder, 'dashed'))).toEqual(['--photo.food.mask.png']);
  });
});

describe('folders', () => {
  it('report skipped files and do not follow circular links', async () => {
    await mkdir(join(folder, 'mixed/below'), { recursive: true });
    await cp(scene, join(folder, 'mixed/p.PNG'));
    await symlink(join(folder, 'mixed'), join(folder, 'mixed/below/loop'));
    await symlink(join(folder, 'nothing.png'), join(folder, 'mixed/broken.png'));
    for (const name of ['a.txt', 'b.TXT', 'c.heic', 'readme']) {
      await writeFile(join(folder, 'mixed', name), '');
    }
    const { code, stdout, stderr } = await segment(['mixed', 'mixed/**/*.PNG', '--json']);
    expect(code).toBe(1); // for the broken link
    expect(images(stdout)).toEqual(['mixed/p.PNG']);
    expect(lines(stderr)).toEqual([
      expect.stringMatching(
        /^clipseg: mixed: 4 files were skipped \(2 \.txt, 1 \.heic, 1 without an extension\); supported images: .*convert it/,
      ),
      expect.stringMatching(/There is no image mixed\/broken\.png/),
    ]);
  });

  it('skip and report SVG files, which are rendered when named', async () => {
    await mkdir(join(folder, 'drawn'));
    await cp(scene, join(folder, 'drawn/p.png'));
    const rect = '<rect width="64" height="48" fill="#f00"/>';
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48">${rect}</svg>`;
    await writeFile(join(folder, 'drawn/d.svg'), drawing);
    for (const name of ['n.txt', 'h.heic']) await writeFile(join(folder, 'drawn', name), '');
    const all = await segment(['drawn', '--json']);
    expect([all.code, images(all.stdout)]).toEqual([0, ['drawn/p.png']]);
    expect(all.stderr).toMatch(
      /3 files were skipped \(.*\.svg.*HEIC is not supported.*SVG files are only rendered when named directly/,
    );
    const named = await segment(['drawn/d.svg', '--json']);
    expect([named.code, images(named.stdout)]).toEqual([0, ['drawn/d.svg']]);
  });

  it('keep their images when results go into the same folder', async () => {
    const here = join(folder, 'here');
    await mkdir(here);
    await cp(scene, join(here, 'p.png'));
    await cp(scene, join(here, 'p.food.mask.png'));
    const before = await readFile(join(here, 'p.food.mask.png'));
    const args = ['segment', 'here', '-p', 'food', '-o', 'here', ...small, '-q'];
    const runs = await Promise.all([clipseg(args), clipseg(args)]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(await readFile(join(here, 'p.food.mask.png'))).toEqual(before);
    expect((await readdir(here)).sort()).toEqual([
      'p-2.food.mask.png',
      'p.food.mask.food.mask.png',
      'p.food.mask.png',
      'p.png',
    ]);
  });
});

describe('a run that stops early leaves no temporary files', () => {
  it('when stdout is closed, e.g. by head', async () => {
    count++;
    const out = `out-${count}`;
    const list = Array.from({ length: 300 }, (_, i) => `${'./'.repeat(i + 1)}p.png`);
    const args = ['segment', ...list, '-p', 'food', '-o', out, '--json', ...small];
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((done) => child.on('close', done));
    expect([code, stderr]).toEqual([0, '']);
    const left = await readdir(join(folder, out));
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(left.length).toBeLessThan(300);
  });

  it.skipIf(process.platform !== 'linux')('when stdout is full', async () => {
    const { code, stderr } = await new Promise<{ code: number | null; stderr: string }>((done) => {
      const child = spawn('sh', ['-c', `exec "${process.execPath}" "${cli}" models > /dev/full`]);
      let stderr = '';
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      child.on('close', (code) => done({ code, stderr }));
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^clipseg: Standard output cannot be written to: ENOSPC.*\n$/);
  });
});

describe('the next run into a folder', () => {
  it('removes only the leftovers of a killed run', async () => {
    const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const left = (pid: number | undefined) => `p.mask.png.${host}-${pid}-${randomUUID()}.tmp`;
    const dead = spawnSync(process.execPath, ['--version']).pid;
    const kept = ['mine.tmp', left(process.pid)]; // not a name of ours; a living process
    await mkdir(join(folder, 'left'));
    for (const name of [...kept, left(dead)]) await writeFile(join(folder, 'left', name), 'half');
    expect((await clipseg(['segment', 'p.png', '-p', 'x', '-o', 'left', ...small])).code).toBe(0);
    expect((await readdir(join(folder, 'left'))).sort()).toEqual([...kept, 'p.x.mask.png'].sort());
  });
});

describe('hints', () => {
  const hints = async (...args: readonly string[]) => {
    const { stderr, code } = await clipseg(['segment', 'p.png', ...args, '-o', 'hints', ...small]);
    expect(code).toBe(0);
    return lines(stderr).filter((line) => line.startsWith('clipseg: hint:'));
  };

  it('report once text that looks like syntax, and words unknown to the model', async () => {
    const prompts = ['-p', 'cat and not dog', '-p', '“food”', '-p', 'a skyscraper OR Skyscraper'];
    expect(await hints(...prompts)).toEqual([
      expect.stringMatching(/"and" is read as text; write AND in capitals/),
      expect.stringMatching(/curly quotes are read as text/),
      expect.stringMatching(/not trained on "skyscraper": expect poor masks/),
    ]);
    expect(await hints('-p', '"and" AND (woman’s hat:0.7 + cat@0.4){+5}')).toEqual([]);
    expect(await hints('-p', 'minus skyscraper', '-q')).toEqual([]);
    expect(await hints('-p', 'minus skyscraper', '--json')).toEqual([]);
  });

  it('know the words of the scenes, which are training words', async () => {
    const file = new URL('../../../fixtures/scenes/annotations.json', import.meta.url);
    const pictures: { prompts: { text: string }[] }[] = JSON.parse(await readFile(file, 'utf8'));
    const texts = pictures.flatMap(({ prompts }) => prompts.map(({ text }) => text));
    const words = texts.flatMap((text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
    expect(words.length).toBeGreaterThan(100);
    expect(words.filter((word) => !trainedWords.has(word))).toEqual([]);
  });
});
