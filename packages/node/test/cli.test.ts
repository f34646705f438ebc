import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readNpy } from '@clipseg/core/testing';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunOptions, run } from './support/clipseg-command.js';

const scenes = fileURLToPath(new URL('../../../fixtures/scenes/images/', import.meta.url));
const checkpoint = fileURLToPath(
  new URL('../../../fixtures/checkpoints/tiny-refined', import.meta.url),
);
let folder: string;
let out: string;
let count = 0;

const clipseg = (args: readonly string[], options: RunOptions = {}) => run(folder, args, options);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-cli-'));
  for (const name of ['a', 'b']) await mkdir(join(folder, name));
  await cp(join(scenes, '000.png'), join(folder, 'a/photo.png'));
  await cp(join(scenes, '001.png'), join(folder, 'b/photo.png'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  out = join(folder, `out-${count++}`);
});
const lines = (text: string) => text.trim().split('\n');
const small = ['--resolution', '160'];

describe('clipseg segment', () => {
  it('writes the documented formats', async () => {
    const formats = 'mask,overlay,probabilities,npy';
    const { code, stdout } = await clipseg([
      'segment',
      'a/photo.png',
      '-p',
      'animal',
      '-p',
      'food',
      '-o',
      out,
      '--format',
      formats,
      '--json',
      '--threshold',
      '0.4',
      ...small,
    ]);
    expect(code).toBe(0);
    expect(lines(stdout)).toHaveLength(1);
    const line = JSON.parse(stdout);
    const { width, height } = await sharp(join(folder, 'a/photo.png')).metadata();
    expect(line).toMatchObject({
      width,
      height,
      model: 'mini',
      dtype: 'fp32',
      resolution: [160, 160],
    });
    expect(line.image).toBe('a/photo.png');
    expect(Object.keys(line.timings)).toEqual(expect.arrayContaining(['encode', 'decode']));
    expect(line.prompts.map(({ label }: { label: string }) => label)).toEqual(['animal', 'food']);
    for (const { area, files } of line.prompts) {
      const mask = await sharp(files.mask)
        .toColourspace('b-w')
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(mask.info).toMatchObject({ width, height, channels: 1 });
      expect(mask.data.filter((value) => value === 255).length).toBe(area);
      expect(mask.data.every((value) => value === 0 || value === 255)).toBe(true);
      const info = await sharp(files.probabilities).metadata();
      expect(info).toMatchObject({ width, height, channels: 1, depth: 'ushort' });
      const deep = await sharp(files.probabilities)
        .toColourspace('grey16')
        .raw({ depth: 'ushort' })
        .toBuffer();
      const values = new Uint16Array(new Uint8Array(deep).buffer);
      const inside = values.filter((value) => value > 0.4 * 65535).length;
      expect(Math.abs(inside - area)).toBeLessThanOrEqual(2);
      expect(readNpy(await readFile(files.npy))).toHaveLength(160 * 160);
      expect((await sharp(files.overlay).metadata()).channels).toBe(3);
    }
    expect(await readdir(out)).toHaveLength(7);
  });

  it('accepts globs and folders, and does not overwrite images of the same name', async () => {
    const args = ['segment', '*/photo.png', '-p', 'food', '-o', out, '--format', 'mask', ...small];
    const { code, stdout, stderr } = await clipseg(args);
    expect([code, stdout]).toEqual([0, '']);
    expect((await readdir(out)).sort()).toEqual(['photo-2.food.mask.png', 'photo.food.mask.png']);
    expect(stderr).toMatch(/embedded model.*emoji.*-m CIDAS\/clipseg-rd64-refined/);
    const folders = await clipseg([
      'segment',
      'a',
      'b',
      '-p',
      'food',
      '-o',
      out,
      '--json',
      ...small,
    ]);
    expect(lines(folders.stdout).map((line) => JSON.parse(line).image)).toEqual([
      'a/photo.png',
      'b/photo.png',
    ]);
  });

  it('accepts compositions and negative prompts', async () => {
    const prompts = ['-p', 'animal AND NOT (cat OR dog){+2}', '--negative', 'food'];
    const args = ['segment', 'a/photo.png', ...prompts, '-o', out, '--json', ...small];
    const { code, stdout } = await clipseg(args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).prompts[0].label).toBe('animal AND NOT (cat OR dog){+2}');
    expect(await readdir(out)).toContain('photo.animal-and-not-cat-or-dog-2.mask.png');
    const broken = await clipseg(['segment', 'a/photo.png', '-p', 'cat AND', '-o', out, '-q']);
    expect(broken.code).toBe(1);
    expect(broken.stderr).toMatch(
      /^clipseg: The prompt, at 8: a word is expected\.\n {2}cat AND\n +\^$/m,
    );
  });

  it('reads standard input', async () => {
    const args = ['segment', '-', '-p', 'food', '-o', out, '--json', ...small];
    const { code, stdout } = await clipseg(args, { stdin: join(folder, 'a/photo.png') });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).image).toBe('-');
    expect(await readdir(out)).toContain('stdin.food.mask.png');
  });

  it('makes valid file names from any prompt', async () => {
    const prompts = ['../../etc', 'a/b', 'a b', '???', 'кот', '猫'].flatMap((text) => ['-p', text]);
    const args = ['segment', 'a/photo.png', ...prompts, '-o', out, '--format', 'mask', ...small];
    expect((await clipseg(args)).code).toBe(0);
    expect((await readdir(out)).sort()).toEqual(
      ['etc', 'a-b', 'a-b-2', 'prompt-4', 'кот', '猫']
        .map((name) => `photo.${name}.mask.png`)
        .sort(),
    );
  });

  it('continues after an invalid image, and fails at the end', async () => {
    await writeFile(join(folder, 'bad.png'), 'not an image');
    const args = [
      'segment',
      'bad.png',
      'none.png',
      'a/photo.png',
      '-p',
      'food',
      '-o',
      out,
      '--json',
    ];
    const { code, stdout, stderr } = await clipseg([...args, ...small]);
    expect(code).toBe(1);
    expect(lines(stdout).map((line) => JSON.parse(line).image)).toEqual(['a/photo.png']);
    expect(lines(stderr)).toEqual([
      expect.stringMatching(/^clipseg: .*bad\.png cannot be decoded/),
      expect.stringMatching(/^clipseg: There is no image none\.png/),
    ]);
  });

  it.each([
    [['segment', 'a/photo.png'], /no prompt given; add -p/],
    [['segment', '-p', 'food'], /missing required argument 'images'/],
    [
      ['segment', 'a/photo.png', '-p', 'x', '--format', 'gif'],
      /"gif" is not a format; choose among/,
    ],
    [['segment', 'a/photo.png', '-p', 'x', '--resolution', 'big'], /Give a side such as 352/],
    [['segment', 'a/photo.png', '-p', 'x', '--threshold', '2'], /number from 0 to 1/],
    [['segment', 'a/photo.png', '-p', 'x', '--dtype', 'int4'], /fp32, fp16, int8/],
    [['segment', 'none/*.png', '-p', 'x'], /no image matches/],
    [['segment', 'a/photo.png', '-p', 'x', '--color'], /unknown option '--color'/],
    [['segmnet'], /unknown command 'segmnet'/],
    [['convert', 'x', 'y', '--layout', 'flat'], /choose split or single/],
  ])('%j is incorrect usage and exits with 2', async (args, message) => {
    const { code, stdout, stderr } = await clipseg(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it.each([
    [['segment', 'none.png', '-p', 'x'], /^clipseg: There is no image none\.png\.$/m],
    [['segment', 'x'.repeat(300), '-p', 'x'], /^clipseg: x+ is too long a name .*\.$/m],
    [['segment', 'a/photo.png/b', '-p', 'x'], /^clipseg: a\/photo\.png\/b is below a file/m],
    [['segment', 'a/photo.png', '-p', ''], /^clipseg: .*empty/m],
    [['segment', 'a/photo.png', '-p', 'x', '-m', 'no such'], /^clipseg: .*neither a local folder/m],
    [
      ['segment', 'a/photo.png', '-p', 'x', '-m', 'a/b', '--offline'],
      /^clipseg: .*HF_HUB_OFFLINE/m,
    ],
    [
      ['segment', 'a/photo.png', '-p', 'x', '--dtype', 'fp16'],
      /^clipseg: .*no fp16 variant, only fp32, int8/m,
    ],
    [
      ['segment', 'a/photo.png', '-p', 'x', '-o', 'a/photo.png'],
      /^clipseg: The folder a\/photo\.png cannot/m,
    ],
    [['convert', 'none', 'x'], /^clipseg: The checkpoint folder .*none does not exist\.$/m],
  ])('%j fails with one line and exits with 1', async (args, message) => {
    const { code, stdout, stderr } = await clipseg([
      ...args,
      ...(args[0] === 'segment' ? ['-q'] : []),
    ]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(lines(stderr)).toHaveLength(1);
  });

  it('--debug prints the stack', async () => {
    const { stderr } = await clipseg(['segment', 'none.png', '-p', 'x', '--debug']);
    expect(stderr).toMatch(/ClipSegError: There is no image.*\n\s+at /);
  });

  it('an interrupt exits with 130 and leaves no temporary files', async () => {
    const list = Array.from({ length: 200 }, () => join(scenes, '0*.png'));
    const args = ['segment', ...list, '-p', 'food', '-o', out];
    const { code } = await clipseg(args, { interruptAt: /000\.png: food/ });
    expect(code).toBe(130);
    expect((await readdir(out)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('other commands', () => {
  it('convert writes a model that segment can use', async () => {
    const { code, stdout } = await clipseg([
      'convert',
      checkpoint,
      'graphs',
      '--dtype',
      'fp32,int8',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/graphs\/vision_encoder_int8\.onnx\t/);
    const args = ['segment', 'a/photo.png', '-p', 'food', '-o', out, '--json', '-m', 'graphs'];
    const result = JSON.parse((await clipseg([...args, '--dtype', 'int8'])).stdout);
    expect(result).toMatchObject({ model: 'graphs', dtype: 'int8', resolution: [64, 64] });
  });

  it('convert reports missing files of a checkpoint on stderr', async () => {
    const bare = join(folder, 'bare');
    await cp(checkpoint, bare, { recursive: true });
    for (const file of ['vocab.json', 'merges.txt']) await rm(join(bare, file));
    const { code, stdout, stderr } = await clipseg(['convert', bare, 'bare-graphs']);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^note: .*bare has no vocab\.json/m)]);
    expect(stdout).not.toContain('note');
    const args = ['segment', 'a/photo.png', '-p', 'food', '-o', out, '-m', 'bare-graphs'];
    const refused = await clipseg(args);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/without tokenizer files.*vocab\.json and merges\.txt/),
    ]);
  });

  it('convert --layout single writes the files that transformers.js loads', async () => {
    const args = ['convert', checkpoint, 'single', '--layout', 'single', '--dtype', 'fp32,int8'];
    expect((await clipseg(args)).code).toBe(0);
    const files = await readdir(join(folder, 'single'), { recursive: true });
    expect(files).toEqual(
      expect.arrayContaining([
        'onnx/model.onnx',
        'onnx/model_quantized.onnx',
        'tokenizer.json',
        'config.json',
        'preprocessor_config.json',
      ]),
    );
  });

  it('models, info and doctor describe the embedded model', async () => {
    const models = JSON.parse((await clipseg(['models', '--json'])).stdout);
    expect(models[0]).toMatchObject({ model: 'mini', dtypes: ['fp32', 'int8'] });
    expect((await clipseg(['models'])).stdout).toMatch(/CIDAS\/clipseg-rd64-refined/);
    expect((await clipseg(['info'])).stdout).toMatch(
      /^decoder +\d+ channels from blocks 1, 3, 5$/m,
    );
    const doctor = await clipseg(['doctor', '--json']);
    expect(doctor.code).toBe(0);
    const findings = JSON.parse(doctor.stdout) as { check: string; status: string }[];
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['mini fp32', 'mini int8']),
    );
  });

  it('--help and --version exit with 0', async () => {
    expect((await clipseg(['--help'])).code).toBe(0);
    const { version } = JSON.parse(
      await readFile(new URL('../package.json', import.meta.url), 'utf8'),
    );
    expect(await clipseg(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});
