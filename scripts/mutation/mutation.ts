// Mutation testing: makes small changes to the code of a folder and runs the tests beside it:
//   npm run test:mutation [-- core/src/raster ...] [--write]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { replaceSection, sectionOf } from '../replace-section.js';

const FOLDERS = [
  'core/src/raster',
  'core/src/maps',
  'core/src/image',
  'core/src/metrics',
  'core/src/segmentation',
  'core/src/postprocess',
  'core/src/formats',
  'core/src/prompts',
  'core/src/model',
  'convert/src/checkpoint',
  'convert/src/quantize',
  'convert/src/calibration',
];
const PAGE = 'docs/reliability.md';
const SECTION = 'reliability:mutation';

interface Report {
  readonly files: Readonly<Record<string, { mutants: readonly { status: string }[] }>>;
}

interface Row {
  readonly folder: string;
  readonly mutants: number;
  /** Mutants that make a test fail or time out. */
  readonly noticed: number;
  readonly survived: number;
  readonly untested: number;
}

function rowOf(folder: string, { files }: Report): Row {
  const statuses = Object.values(files).flatMap(({ mutants }) => mutants.map((m) => m.status));
  const count = (...wanted: string[]) => statuses.filter((one) => wanted.includes(one)).length;
  const noticed = count('Killed', 'Timeout');
  const [survived, untested] = [count('Survived'), count('NoCoverage')];
  return { folder, mutants: noticed + survived + untested, noticed, survived, untested };
}

const share = ({ noticed, mutants }: Row): string =>
  mutants === 0 ? '' : `${((100 * noticed) / mutants).toFixed(1)} %`;

const line = (row: Row): string =>
  `| ${[row.folder, row.mutants, row.noticed, row.survived, row.untested, share(row)].join(' | ')} |`;

/** Parses the rows of the current table, by folder. */
function rowsOf(table: string): Map<string, Row> {
  const rows = table
    .split('\n')
    .slice(2)
    .map((text) => {
      const [folder = '', ...cells] = text
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      const [mutants = 0, noticed = 0, survived = 0, untested = 0] = cells.map(Number);
      return { folder, mutants, noticed, survived, untested };
    });
  return new Map(rows.map((row) => [row.folder, row]));
}

function tableOf(rows: ReadonlyMap<string, Row>): string {
  const known = FOLDERS.flatMap((folder) => rows.get(folder) ?? []);
  const sum = (key: 'mutants' | 'noticed' | 'survived' | 'untested') =>
    known.reduce((total, row) => total + row[key], 0);
  const all: Row = {
    folder: 'all',
    mutants: sum('mutants'),
    noticed: sum('noticed'),
    survived: sum('survived'),
    untested: sum('untested'),
  };
  const heading = '| folder | mutants | noticed | survived | no test | score |';
  return [heading, '| --- | ---: | ---: | ---: | ---: | ---: |', ...[...known, all].map(line)].join(
    '\n',
  );
}

/** Runs Stryker on a folder and returns its report; undefined if Stryker failed. */
async function mutate(folder: string): Promise<Report | undefined> {
  const files = [`packages/${folder}/**/*.ts`, `!packages/${folder}/**/*.test.ts`];
  const { status } = spawnSync('npx', ['stryker', 'run', '-m', files.join(',')], {
    stdio: 'inherit',
    env: { ...process.env, MUTATION_FOLDER: folder },
  });
  if (status !== 0) return undefined;
  const path = `out/mutation/${folder.replaceAll('/', '-')}.json`;
  await mkdir('out/mutation', { recursive: true });
  await rename('out/mutation/report.json', path);
  return JSON.parse(await readFile(path, 'utf8')) as Report;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
});
const wanted = positionals.map((path) => path.replace(/^packages\/|\/+$/g, ''));
for (const folder of wanted) {
  if (!existsSync(`packages/${folder}`))
    throw new Error(`The folder packages/${folder} does not exist.`);
}
const rows = new Map<string, Row>();
for (const folder of wanted.length > 0 ? wanted : FOLDERS) {
  const report = await mutate(folder);
  if (!report) throw new Error(`Stryker failed in ${folder}.`);
  const row = rowOf(folder, report);
  rows.set(folder, row);
  console.log(line(row));
  if (options.write) {
    const table = rowsOf(await sectionOf(PAGE, SECTION)).set(folder, row);
    await replaceSection(PAGE, SECTION, tableOf(table));
  }
}
