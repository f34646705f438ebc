import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  fromCategoryPng,
  fromCoco,
  fromGeoJson,
  fromLabelMe,
  fromMaskPng,
  fromSvg,
  fromYolo,
} from '@clipseg/node/formats';
import { decodeCocoRle } from '@clipseg/node/raster';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from './support/clipseg-command.js';

const scene = fileURLToPath(new URL('../../../fixtures/scenes/images/000.png', import.meta.url));
let folder: string;
let out: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-masks-'));
  await cp(scene, join(folder, 'photo.png'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  out = join(folder, `out-${count++}`);
});

const segment = (...args: readonly string[]) =>
  run(folder, ['segment', 'photo.png', '-p', 'animal', '-o', out, '--json', '-q', ...args]);
const file = (name: string) => readFile(join(out, name));
const text = (name: string) => readFile(join(out, name), 'utf8');

describe('formats', () => {
  it('are all written, with the same masks', async () => {
    const formats = 'mask,overlay,palette,cutout,heatmap,svg,coco,labelme,yolo,geojson,rle';
    const { code, stdout } = await segment('-p', 'food', '--format', formats);
    expect(code).toBe(0);
    const { prompts, width, height } = JSON.parse(stdout);
    expect(Object.keys(prompts[0].files).sort()).toEqual(formats.split(',').sort());
    const { mask } = fromMaskPng(await file('photo.animal.mask.png'));
    const area = mask.reduce((sum, v) => sum + v, 0);
    expect(prompts[0].area).toBe(area);
    expect(decodeCocoRle(JSON.parse(await text('photo.animal.rle.json')))).toEqual(mask);
    const [first] = [...fromCoco(await text('photo.coco.json'))];
    expect(first).toMatchObject({ file: 'photo.png', label: 'animal', width, height });
    expect(first!.mask).toEqual(mask);
    const { data } = fromCategoryPng(await file('photo.palette.png'));
    expect(data.every((value) => value <= 2)).toBe(true);
    const labels = (shapes: readonly { label: string }[]) => [
      ...new Set(shapes.map((s) => s.label)),
    ];
    const names = ['animal', 'food'];
    expect(labels(fromSvg(await text('photo.svg')).shapes)).toEqual(names);
    expect(labels(fromGeoJson(await text('photo.geojson')))).toEqual(names);
    expect(labels(fromLabelMe(await text('photo.labelme.json')).shapes)).toEqual(names);
    expect(labels(fromYolo(await text('photo.txt'), { width, height }, names))).toEqual(names);
    const cut = await sharp(await file('photo.animal.cutout.png')).metadata();
    expect(cut).toMatchObject({ width, height, channels: 4 });
    expect((await sharp(await file('photo.food.heatmap.png')).metadata()).width).toBe(width);
  });

  it('that do not exist are incorrect usage', async () => {
    const { code, stderr } = await segment('--format', 'mask,jpeg');
    expect(code).toBe(2);
    expect(stderr).toMatch(/"jpeg" is not a format; choose among mask, overlay, palette/);
  });
});

describe('post-processing', () => {
  const areaAfter = async (...args: readonly string[]): Promise<number> => {
    const { code, stdout, stderr } = await segment('--format', 'mask', ...args);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return JSON.parse(stdout).prompts[0].area;
  };

  it('gives the same mask by options and by a pipeline', async () => {
    const plain = await areaAfter();
    expect(await areaAfter('--threshold', '0.5')).toBe(plain);
    expect(await areaAfter('--threshold', 'otsu')).not.toBe(plain);
    const few = await areaAfter('--largest', '--min-area', '20', '--refine', '--threshold', '0.4');
    const steps = [
      'refine',
      { name: 'threshold', method: 0.4 },
      { name: 'morphology', minArea: 20 },
      { name: 'largest' },
    ];
    expect(await areaAfter('--postprocess', JSON.stringify(steps))).toBe(few);
    const json = join(folder, 'steps.json');
    await writeFile(json, JSON.stringify(steps));
    expect(await areaAfter('--postprocess', json)).toBe(few);
    const share = '{"name":"areaTarget","pixels":500}';
    expect(Math.abs((await areaAfter('--threshold', share)) - 500)).toBeLessThan(50);
  });

  it('encodes tiles, mirror images and a crop', async () => {
    const { stdout } = await segment(
      '--tile',
      '160',
      '--flips',
      '--format',
      'mask',
      '--resolution',
      '160',
    );
    expect(JSON.parse(stdout).resolution).toEqual([320, 320]);
    await segment('--crop', '10,20,150,160', '--threshold', '0.001', '--format', 'mask');
    const { mask } = fromMaskPng(await file('photo.animal.mask.png'));
    const found = mask.indexOf(1);
    expect(found).toBeGreaterThan(20 * 320);
    expect(mask.lastIndexOf(1)).toBeLessThan(160 * 320);
    expect(await readdir(out)).toEqual(['photo.animal.mask.png']);
  });

  it.each([
    [['--threshold', 'magic'], /no thresholder "magic"/, 2],
    [['--threshold', '1.5'], /number from 0 to 1/, 2],
    [['--tile', 'some'], /whole number from 1/, 2],
    [['--crop', '1,2,3'], /x0,y0,x1,y1/, 2],
    [['--crop', '0,0,9999,5'], /within 320 x 320/, 1],
    [['--postprocess', '["refine"]', '--largest'], /leave out/, 2],
    [['--postprocess', 'none.json'], /none.json cannot be read/, 2],
    [['--postprocess', '["blur"]'], /Step 1 \(blur\): there is no step/, 1],
    [['--postprocess', '["refine"'], /not JSON/, 1],
  ])('%j is refused', async (args, message, expected) => {
    const { code, stderr } = await segment(...args);
    expect(code).toBe(expected);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
