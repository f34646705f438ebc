import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPromptBank } from '@clipseg/core/prompts';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './support/clipseg-command.js';

const scenes = fileURLToPath(new URL('../../../fixtures/scenes/', import.meta.url));
const small = ['--resolution', '160'];
let folder: string;
const clipseg = (...args: string[]) => run(folder, args);
const segment = (...args: string[]) => clipseg('segment', 'photo.png', ...small, ...args);
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await segment(...args, '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-cli-'));
  await cp(join(scenes, 'images/000.png'), join(folder, 'photo.png'));
  await cp(join(scenes, 'images/000.support.png'), join(folder, 'support.png'));
  const inside = Buffer.alloc(320 * 320);
  for (let i = 0; i < inside.length; i++) {
    const [x, y] = [i % 320, Math.floor(i / 320)];
    inside[i] = x > 110 && x < 290 && y > 25 && y < 190 ? 255 : 0;
  }
  const raw = { width: 320, height: 320, channels: 1 } as const;
  await sharp(inside, { raw }).png().toFile(join(folder, 'region.png'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('image prompts', () => {
  it('accept a mask file, a box or a point, and a masking by name', async () => {
    const area = async (...args: string[]) => {
      const { prompts } = await json('--support', 'support.png', ...args);
      expect(prompts).toHaveLength(1);
      expect(prompts[0].label).toBe('support');
      return prompts[0].area as number;
    };
    const byMask = await area('--support-mask', 'region.png');
    const byBox = await area('--support-mask', '111,26,290,190');
    expect(byBox).toBe(byMask);
    const byPoint = await area('--support-mask', '200,110,60');
    const darkened = await area('--support-mask', 'region.png', '--masking', 'crop=0.15+darken');
    const whole = await area();
    expect(new Set([byMask, byPoint, darkened, whole]).size).toBe(4);
    expect(byMask).toBeGreaterThan(5000); // the teapot
  });

  it('are averaged, listed after texts, or mixed with them', async () => {
    const twice = ['--support', 'support.png', '--support', 'photo.png'];
    const regions = ['--support-mask', 'region.png', '--support-mask', '130,210,320,320'];
    const beside = await json('-p', 'pill', ...twice, ...regions);
    expect(beside.prompts.map(({ label }: { label: string }) => label)).toEqual([
      'pill',
      'support',
    ]);
    const mixed = await json('-p', 'teapot', '-p', 'pill', ...twice, ...regions, '--mix', '0.25');
    expect(mixed.prompts.map(({ label }: { label: string }) => label)).toEqual(['teapot', 'pill']);
    const text = await json('-p', 'teapot');
    expect(mixed.prompts[0].presence.score).not.toBe(text.prompts[0].presence.score);
    const phrased = ['--template', 'shuffle'];
    const both = await json('-p', 'teapot', ...twice, ...regions, '--mix', '0.25', ...phrased);
    expect(both.prompts[0].label).toBe('teapot');
  });

  it.each([
    [['--mix', '0.5', '-p', 'a'], /--mix needs --support/],
    [['--masking', 'blur', '-p', 'a'], /--masking needs --support/],
    [['--support', 'support.png', '--mix', '0.5'], /--mix needs a text/],
    [['-p', 'a', '--support-mask', '1,2,3'], /1 --support-mask for 0 --support/],
    [
      ['--support', 'support.png', '--support-mask', '33,10'],
      /33,10: give x0,y0,x1,y1, x,y,radius/,
    ],
    [['--ensemble', 'logits', '-p', 'a'], /--ensemble .* --template/],
    [['--ensemble', 'median', '-p', 'a'], /Allowed choices are embedding, logits, maximum/],
    [['--template', 'all', '-p', 'a'], /plain, fixed, shuffle, shuffle\+/],
    [['--mix', '2', '-p', 'a'], /from 0 to 1/],
  ])('%j is incorrect usage', async (args, message) => {
    const { code, stderr } = await segment(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it.each([
    [['--support', 'none.png'], /none\.png/],
    [['--support', 'support.png', '--support-mask', '500,500,600,600'], /holds no pixel/],
    [['--support', 'support.png', '--masking', 'magic'], /no masking "magic"; choose among paper/],
    [['-p', 'a AND b', '--support', 'support.png', '--mix', '0.5'], /composed of several maps/],
  ])('%j fails with one line', async (args, message) => {
    const { code, stderr } = await segment(...args, '-q');
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(1);
  });
});

describe('texts', () => {
  it('with a syntax error are shown with a caret', async () => {
    const { code, stderr } = await segment('-p', 'a AND )', '-q');
    expect(code).toBe(1);
    expect(stderr.split('\n').slice(1)).toEqual(['  a AND )', '        ^', '']);
  });

  it('negative ones are removed from masks, and absent ones are reported', async () => {
    const { prompts } = await json('-p', 'teapot', '-p', 'tiger face', '--negative', 'teapot');
    expect(prompts.map(({ area }: { area: number }) => area)).toEqual([0, 0]);
    const { stderr } = await segment('-p', 'teapot', '-p', 'tiger face', '-q');
    expect(stderr).toMatch(/teapot \d+\.\d %, tiger face 0\.0 % \(absent\)/);
    const { stderr: strict } = await segment('-p', 'teapot', '--presence', '1', '-q');
    expect(strict).toMatch(/teapot \d+\.\d % \(absent\)/);
  });

  it('are put into templates, also within compositions', async () => {
    const score = async (...args: string[]) => (await json(...args)).prompts[0].presence.score;
    const prompt = 'teapot OR pill';
    const plain = await score('-p', prompt);
    const fixed = await score('-p', prompt, '--template', 'fixed');
    const written = await score('-p', '"a photo of a teapot." OR "a photo of a pill."');
    expect(fixed).toBeCloseTo(written, 4);
    expect(fixed).not.toBeCloseTo(plain, 4);
    const ensemble = await score('-p', prompt, '--template', 'shuffle+', '--ensemble', 'maximum');
    expect(ensemble).toBeGreaterThanOrEqual(fixed);
  });

  it('classes give one mask with a legend', async () => {
    const { classes, files } = await json('--classes', 'teapot, pill, background', '-o', 'classes');
    const labels = classes.map(({ label }: { label: string }) => label);
    expect(labels).toEqual(['background', 'teapot', 'pill']);
    const { data, info } = await sharp(join(folder, files.mask))
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([320, 320, 1]);
    for (const { value, area } of classes) {
      expect(data.filter((category) => category === value).length).toBe(area);
    }
    expect((await sharp(join(folder, files.overlay)).metadata()).width).toBe(320);
    const open = await json('--classes', 'teapot, pill', '--threshold', '0.3');
    expect(open.classes.map(({ label }: { label: string }) => label)).toEqual(labels);
    expect((await segment('--classes', 'a,b', '-p', 'c')).code).toBe(2);
  });
});

describe('clipseg prompts', () => {
  it('encodes a bank that segment reads', async () => {
    await writeFile(join(folder, 'list.txt'), 'teapot\n\n# a comment\npill AND NOT teapot\n');
    const args = ['-p', 'a cat', '--from', 'list.txt', '-o', 'bank.safetensors'];
    const { code, stdout, stderr } = await clipseg('prompts', 'encode', ...args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^bank\.safetensors\t3 prompts, \d+ bytes\n$/);
    expect(stderr).toMatch(/a cat\t\d+ of 77 tokens\nteapot\t\d+ of 77 tokens/);
    const bank = readPromptBank(await readFile(join(folder, 'bank.safetensors')));
    expect(bank.prompts.map(({ label }) => label)).toEqual([
      'a cat',
      'teapot',
      'pill AND NOT teapot',
    ]);
    const list = await clipseg('prompts', 'list', 'bank.safetensors');
    expect(list.stdout).toContain('pill AND NOT teapot\tcomposition\n');
    const direct = await json('-p', 'teapot');
    const banked = await json('-p', 'teapot', '--bank', 'bank.safetensors');
    expect(banked.prompts[0].area).toBe(direct.prompts[0].area);
  });

  it.each([
    [['encode'], 2, /no prompt given/],
    [['encode', '--from', 'none.txt'], 2, /none\.txt cannot be read/],
    [['encode', '-p', 'cat '.repeat(99), '-o', 'long'], 1, /101 tokens; the model takes 77/],
    [['list', 'none'], 1, /prompt bank none does not exist/],
    [['list', 'photo.png'], 1, /The prompt bank photo\.png: .*holds no embeddings/],
  ])('%j', async (args, code, message) => {
    const result = await clipseg('prompts', ...args);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
    if (args.includes('long')) await expect(readFile(join(folder, 'long'))).rejects.toThrow();
  });
});

describe('clipseg eval', () => {
  const options = [
    '--limit',
    '2',
    '--resolution',
    '160',
    '--masking',
    'darken',
    '--support-resolution',
    '64',
  ];

  it('prints a table, and writes a report and thresholds', async () => {
    const files = ['--report', 'report.html', '--worst', '1', '--calibrate', 'thresholds.json'];
    const { code, stdout } = await clipseg('eval', scenes, ...options, ...files);
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^\| prompts +\| +n \| +IoU \| boundary F/);
    expect(stdout).toMatch(/\n\| image of another +\|/);
    const page = await readFile(join(folder, 'report.html'), 'utf8');
    expect(page.match(/<figure>/g)).toHaveLength(7); // one of each kind
    expect(page.match(/src="data:image\/webp;base64,/g)).toHaveLength(7);
    const thresholds = JSON.parse(await readFile(join(folder, 'thresholds.json'), 'utf8'));
    expect(thresholds.threshold).toBeGreaterThan(0);
  });

  it('prints nothing but JSON on stdout', async () => {
    const { stdout } = await clipseg('eval', scenes, ...options, '--json');
    const { pictures, kinds, examples } = JSON.parse(stdout);
    expect([pictures, kinds.length]).toEqual([2, 7]);
    expect(examples.length).toBe(
      kinds.reduce((sum: number, { count }: { count: number }) => sum + count, 0),
    );
  });

  it.each([
    [['.', '--layout', 'coco-20i'], 2, /--layout coco-20i needs --fold/],
    [['.', '--layout', 'lvis'], 2, /Allowed choices are folder, coco/],
    [['.', '--prompts', 'sound'], 2, /sound is not one of text, image, mix/],
    [['.', '--fold', '4', '--layout', 'pascal-5i'], 1, /fold is 4/],
    [['none'], 1, /holds neither annotations\.json/],
  ])('%j', async (args, code, message) => {
    await mkdir(join(folder, 'empty'), { recursive: true });
    const result = await clipseg('eval', ...args);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(code);
  });
});
