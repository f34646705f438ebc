// Compares post-processing of 12 megapixels with other libraries:
//   npm run bench:masks [-- --rounds 3]
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { type Row, rows } from './masks-contenders.js';
import { machine, table, version } from './page.js';

interface Figures {
  readonly milliseconds: number;
  readonly bytesPerPixel: number;
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const rounds = Number(values.rounds);
const here = fileURLToPath(new URL('.', import.meta.url));

async function run(row: number, name: string): Promise<Figures> {
  const args = [join(here, 'masks-contender.js'), String(row), name];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

/** Best of several rounds, as other work on the machine only increases a time. */
const least = (all: readonly Figures[], key: keyof Figures): number =>
  Math.min(...all.map((figures) => figures[key]));

const lines: string[][] = [];
const namesOf = ({ others }: Row) => ['ours', ...Object.keys(others)];
for (const [i, row] of rows.entries()) {
  const figures = new Map<string, Figures[]>(namesOf(row).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, all] of figures) all.push(await run(i, name));
  }
  const ours = figures.get('ours')!;
  for (const [name, all] of figures) {
    const [ms, bytes] = [least(all, 'milliseconds'), least(all, 'bytesPerPixel')];
    const ratio = ms / least(ours, 'milliseconds');
    const target = name === 'ours' && row.target ? String(row.target) : '';
    const cells = [name === 'ours' ? row.name : '', name === 'ours' ? '**ours**' : name];
    lines.push([...cells, ms.toFixed(0), target, `${ratio.toFixed(1)}x`, bytes.toFixed(1)]);
    console.log(lines.at(-1)?.join('  '));
  }
}

const head = ['', 'by', 'ms', 'target', 'relative time', 'bytes per pixel'];
const others = ['@techstark/opencv-js', 'sharp', 'image-js', 'd3-contour', 'simplify-js'];
const versions = await Promise.all(others.map(async (name) => `${name} ${await version(name)}`));
const page = `# Masks

Made by \`npm run bench:masks\`. A photograph of 4000 x 3000 pixels, logits of 352 x 352; each contender
in a separate process, alternating, on one thread, ${rounds} rounds of 7 runs; the best run. ${machine()};
${versions.join(', ')}.

${table(head, lines)}

Bytes per pixel: how much the peak memory of the process grows in the first run, including the result and
the library's working memory, but not what it had allocated before.
`;
await writeFile(join(here, '../MASKS.md'), page);
console.log(`\n${page}`);
