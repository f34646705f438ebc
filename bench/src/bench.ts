// Compares with transformers.js, with a checkpoint of the released size and random weights:
//   npm run bench [-- --rounds 3]
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { makeCheckpoint } from './checkpoint.js';
import { type Figures, median } from './measure.js';
import { type Conversion, type Rates, type Results, resultsPage } from './results-page.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const rounds = Number(values.rounds);
const here = fileURLToPath(new URL('.', import.meta.url));
const cache = join(here, '../.cache');
const [checkpoint, ours, theirs] = ['checkpoint', 'clipseg', 'transformers'].map((name) =>
  join(cache, name),
) as [string, string, string];
const image = fileURLToPath(new URL('../../fixtures/images/chelsea.png', import.meta.url));

/** Runs a script of this folder in a separate process; its last line of output is the result. */
async function run<T>(script: string, ...args: string[]): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(here, script), ...args], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

async function converted(layout: string, output: string, dtypes: string): Promise<Conversion> {
  await rm(output, { recursive: true, force: true });
  return run<Conversion>('conversion.js', layout, checkpoint, output, dtypes);
}

const contenders = {
  'clipseg fp32': () => run<Figures>('contender-clipseg.js', ours, 'fp32', image),
  'transformers.js fp32': () => run<Figures>('contender-transformers.js', theirs, 'fp32', image),
  'clipseg int8': () => run<Figures>('contender-clipseg.js', ours, 'int8', image),
  'transformers.js q8': () => run<Figures>('contender-transformers.js', theirs, 'q8', image),
};

function medians<T extends object>(all: readonly T[]): T {
  const keys = Object.keys(all[0]!) as (keyof T)[];
  return Object.fromEntries(
    keys.map((key) => [key, median(all.map((one) => Number(one[key])))]),
  ) as T;
}

await mkdir(cache, { recursive: true });
console.log('checkpoint');
await makeCheckpoint(checkpoint);
console.log('conversions');
const conversions = {
  fp32: await converted('multi', ours, 'fp32'),
  'fp32, fp16, int8': await converted('multi', ours, 'fp32,fp16,int8'),
};
await converted('single', theirs, 'fp32,int8');

const figures: Record<string, Figures[]> = {};
const rates: Rates[] = [];
const composed: Record<string, number>[] = [];
for (let round = 1; round <= rounds; round++) {
  for (const [name, contender] of Object.entries(contenders)) {
    console.log(`round ${round} of ${rounds}: ${name}`);
    figures[name] = [...(figures[name] ?? []), await contender()];
  }
  console.log(`round ${round} of ${rounds}: matrix multiplications`);
  rates.push(await run<Rates>('gemm.js', join(ours, 'vision_encoder.onnx')));
  console.log(`round ${round} of ${rounds}: compositions`);
  composed.push(await run<Record<string, number>>('composition.js', ours, image));
}
const results: Results = {
  rounds,
  conversions,
  rates: medians(rates),
  composed: medians(composed),
  figures: Object.fromEntries(Object.entries(figures).map(([name, all]) => [name, medians(all)])),
};
const file = join(here, '../RESULTS.md');
// The section of the browser, made by `npm run bench:web`, is kept.
const [, browser = ''] = /(\n## In the browser[\s\S]*)/.exec(await readFile(file, 'utf8')) ?? [];
const page = (await resultsPage(results)) + browser;
await writeFile(file, page);
console.log(`\n${page}`);
