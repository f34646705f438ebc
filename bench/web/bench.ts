// Compares with transformers.js in one page of a browser:
//   npm run bench:web [-- --rounds 7]
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { convert, convertSingle } from '@clipseg/convert';
import { ortNode } from '@clipseg/node/ort';
import { build } from 'esbuild';
import { launchChromium } from '../../scripts/browser/chromium.js';
import { createFileServer } from '../../scripts/browser/file-server.js';
import { makeCheckpoint } from '../src/checkpoint.js';
import { median } from '../src/measure.js';
import type { Pair, WebFigures } from './page.js';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const require = createRequire(import.meta.url);
const cache = path('../.cache/web');
const [checkpoint, pages] = [path('../.cache/checkpoint'), join(cache, 'page')];
const ort = dirname(require.resolve('onnxruntime-web/wasm'));
const versionOf = (folder: string): string =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;

async function prepare(): Promise<void> {
  await mkdir(pages, { recursive: true });
  console.log('checkpoint and conversions');
  await makeCheckpoint(checkpoint);
  const common = { checkpoint, dtypes: ['fp32', 'int8'] as const };
  await convert({ ...common, output: join(cache, 'clipseg'), backend: ortNode() });
  const output = join(cache, 'transformers');
  await convertSingle({ ...common, output, operators: 'standard' });
  await build({
    entryPoints: { page: path('page.ts'), 'default-worker': '@clipseg/web/default-worker' },
    absWorkingDir: path('..'),
    outdir: pages,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    minify: true,
    conditions: ['import', 'default'],
    logLevel: 'error',
  });
  const html =
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>';
  await writeFile(join(pages, 'index.html'), html);
}

async function measure(): Promise<Record<string, WebFigures>> {
  const server = await createFileServer({
    '/clipseg/': join(cache, 'clipseg'),
    '/transformers/': join(cache, 'transformers'),
    '/ort/': ort,
    '/image.png': path('../../fixtures/images/chelsea.png'),
    '/': pages,
  });
  const browser = await launchChromium();
  const results: Record<string, WebFigures> = {};
  for (const pair of [
    ['int8', 'q8'],
    ['int8', 'fp32'],
    ['fp32', 'fp32'],
  ] as const) {
    console.log(`${pair[0]} against ${pair[1]}`);
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(`${server.url}/index.html`);
    await page.waitForFunction('globalThis.compare');
    results[pair.join(' / its ')] = await page.evaluate(
      ([dtypes, count]) =>
        (globalThis as unknown as Compare).compare(dtypes as readonly string[], count as number),
      [pair, rounds] as const,
    );
    await page.close();
  }
  await browser.close();
  await server.close();
  return results;
}

interface Compare {
  compare(dtypes: readonly string[], rounds: number): Promise<WebFigures>;
}

const ratio = (pairs: readonly Pair[]): string =>
  `${median(pairs.map((pair) => pair.theirs / pair.ours)).toFixed(1)}x`;
const times = (pairs: readonly Pair[]): string[] =>
  (['ours', 'theirs'] as const).map((who) => median(pairs.map((pair) => pair[who])).toFixed(0));

const MARK = '## In the browser';

function section(results: Record<string, WebFigures>): string {
  const rows = Object.entries(results).map(([name, { firstMask, furtherPrompt }]) => {
    const cells = [
      ratio(firstMask),
      ...times(firstMask),
      ratio(furtherPrompt),
      ...times(furtherPrompt),
    ];
    return `| ${[name, ...cells].join(' | ')} |`;
  });
  const [cpu] = cpus();
  const transformers = dirname(dirname(require.resolve('@huggingface/transformers')));
  return `${MARK}

Made by \`npm run bench:web\`. The same checkpoint in one page of Chromium, WASM with 2 threads; ours in its
worker, transformers.js by default on the page; alternating, ${rounds} rounds, medians of the paired ratios.
${cpu?.model.trim()}, ${availableParallelism()} threads; onnxruntime-web ${versionOf(dirname(ort))} for both; transformers.js ${versionOf(transformers)}.

|  | first mask | ours, ms | its, ms | further prompt, new text | ours, ms | its, ms |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

On WASM, int8 and q8 use the same 8-bit kernels at the same rate, so the first mask gains little more than
the two blocks that masks do not need.
`;
}

await prepare();
const text = section(await measure());
const results = path('../RESULTS.md');
const [before = ''] = (await readFile(results, 'utf8')).split(MARK);
await writeFile(results, `${before.trimEnd()}\n\n${text}`);
console.log(`\n${text}`);
