import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNames, outputStems, promptName } from '../src/cli/output-names.js';

const endings = ['.cat.mask.png', '.overlay.png'];
const stems = (paths: readonly string[], output = '/none') =>
  outputStems(
    paths.map((path) => ({ name: path, path: path === '-' ? undefined : path })),
    { output, endings },
  );
const long = 'é'.repeat(120);
const NFD = 'e\u0301';

describe('the stem of an image', () => {
  it.each([
    ['photo.png', 'photo'],
    ['a/b/ünï çødé 😀.png', 'ünï çødé 😀'],
    [`${NFD}.png`, NFD], // spelling kept
    ['猫.jpeg', '猫'],
    ['a, b & (c) [1].PNG', 'a, b & (c) [1]'],
    ['photo#1?.png', 'photo#1-'],
    ['.hidden.png', '.hidden'],
    ['.png', '.png'],
    ['2024.01.05', '2024.01.05'],
    ['v1.2.tar.webp', 'v1.2.tar'],
    ['a\nb\u001b[31m.png', 'a-b-[31m'],
    ['a:b*c"d<e>f|g\\h.png', 'a-b-c-d-e-f-g-h'],
    ['con.png', 'con-'],
    ['NUL.x.png', 'NUL-.x'],
    ['console.png', 'console'],
    ['-', 'stdin'],
    ['https://example.org/a/photo.png?size=9.jpg#x.gif', 'photo'],
    ['https://example.org/%E7%8C%AB.png', '猫'],
    ['https://example.org/..%2F..%2Fetc%2Fpasswd.png', '..-..-etc-passwd'],
    ['https://example.org/100%.png', '100%'],
    ['https://example.org/', 'example'],
    ['file:///a/a%20b.png', 'a b'],
    ['data:image/png;base64,ab/cd+ef==', 'data'],
  ])('%j -> %j', (path, stem) => {
    expect(stems([path])).toEqual([stem]);
  });

  it('is shortened if the file name would be too long, and stays unique', () => {
    const [a, b] = stems([`${long}a.png`, `${long}b.png`]) as [string, string];
    expect(a).toMatch(/^é+-[0-9a-f]{8}$/);
    expect(a).not.toBe(b);
    for (const ending of endings) expect(Buffer.byteLength(a + ending)).toBeLessThanOrEqual(255);
    expect(stems([`${'x'.repeat(200)}.png`])).toEqual(['x'.repeat(200)]);
  });
});

describe('the stems of many images', () => {
  it.each([
    [
      ['a/p.png', 'b/p.png'],
      ['p', 'p-2'],
    ],
    [
      ['a.png', 'a.jpg', 'A.gif'],
      ['a', 'a-2', 'A-3'],
    ],
    [
      ['a/p.png', 'b/p.png', 'p-2.png'],
      ['p', 'p-3', 'p-2'],
    ],
    [
      ['p-2.png', 'a/p.png', 'b/p.png', 'c/p-2.png'],
      ['p-2', 'p', 'p-3', 'p-2-2'],
    ],
    [
      [`${NFD}.png`, 'x/\u00e9.png'],
      [NFD, '\u00e9-2'],
    ],
    [
      ['-', 'stdin.png'],
      ['stdin', 'stdin-2'],
    ],
  ])('%j -> %j', (paths, expected) => {
    expect(stems(paths)).toEqual(expected);
  });

  it('are found quickly for 20,000 images of the same name', () => {
    const start = performance.now();
    const found = stems(Array.from({ length: 20_000 }, (_, i) => `${i}/p.png`));
    expect(new Set(found).size).toBe(20_000);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('inputs are not overwritten', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipseg-names-'));
    await mkdir(join(folder, 'other'));
    const names = ['p.png', 'p.cat.mask.png', 'P2.OVERLAY.png', 'p2.png'];
    for (const name of names) await writeFile(join(folder, name), '');
    await symlink(join(folder, 'p.cat.mask.png'), join(folder, 'other/link.png'));
    await symlink(folder, join(folder, 'other/out'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const at = (...names: readonly string[]) => names.map((name) => join(folder, name));

  it.each([
    [['p.png'], ['p']], // results of an earlier run may be overwritten
    [
      ['p.png', 'p.cat.mask.png'],
      ['p-2', 'p.cat.mask'],
    ],
    [
      ['p.png', 'other/link.png'],
      ['p-2', 'link'],
    ],
    [
      ['p2.png', 'P2.OVERLAY.png'],
      ['p2-2', 'P2.OVERLAY'],
    ],
  ])('%j into their folder -> %j', (names, expected) => {
    expect(stems(at(...names), folder)).toEqual(expected);
    expect(stems(at(...names), join(folder, 'other/out'))).toEqual(expected);
    expect(stems(at(...names), join(folder, 'other'))[0]).toBe(names[0]?.replace('.png', ''));
  });

  it('supports and lists are not overwritten', () => {
    const inputs = [{ name: 'p.png', path: join(folder, 'p.png') }];
    const others = at('p.cat.mask.png');
    expect(outputStems(inputs, { output: folder, endings, others })).toEqual(['p-2']);
  });
});

describe('the name of a prompt', () => {
  it.each([
    ['a Cat', 'a-cat'],
    ['猫', '猫'],
    ['हिन्दी', 'हिन्दी'],
    ['שָׁלוֹם', 'שָׁלוֹם'.normalize('NFC')],
    [NFD, '\u00e9'],
    ['ünï', 'ünï'],
    ['../../etc/passwd', 'etc-passwd'],
    ['a.b', 'a-b'],
    ['\u001b[31m\n', '31m'],
    ['???', 'prompt-1'],
    ['😀', 'prompt-1'],
    ['', 'prompt-1'],
  ])('%j -> %j', (prompt, name) => {
    expect(promptName(prompt, 'prompt-1')).toBe(name);
  });

  it('is shortened with a hash, and unique', () => {
    const name = promptName('猫'.repeat(100), 'x');
    expect(name).toMatch(/^猫+-[0-9a-f]{8}$/);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(80);
    const unique = createNames();
    expect(['a b', 'a-b', 'A b'].map((text) => unique(promptName(text, 'x')))).toEqual([
      'a-b',
      'a-b-2',
      'a-b-3',
    ]);
  });
});
