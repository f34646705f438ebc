// Compiles every TypeScript block of the documentation and runs it, checks links between its files,
// and that no page names a script that is not there: npm run check:docs
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = join(root, '.docs-check');
const folders = [
  '.',
  'docs',
  'docs/decisions',
  'packages/core',
  'packages/convert',
  'packages/mini',
];
const examples = readdirSync(join(root, 'examples')).map((name) => `examples/${name}`);
const pages = [
  ...folders,
  'packages/node',
  'packages/web',
  'integrations',
  'training/mini',
  'fixtures',
  ...examples,
]
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith('.md'))
      .map((file) => join(root, folder, file)),
  );
const problems: string[] = [];

interface Block {
  readonly page: string;
  readonly code: string;
  /** A block whose fence says `ts no-run` needs something that is not here, e.g. the network. */
  readonly run: boolean;
  /** `ts browser`: compiled here, and run in Chromium by packages/web/test/docs.test.ts. */
  readonly browser: boolean;
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^```ts( browser)?( no-run)?\n([\s\S]*?)^```/gm)].map(
    ([, browser, mark, code = '']) => ({
      ...{ page: relative(root, page), code, browser: browser !== undefined },
      run: !mark && !browser,
    }),
  );
}

function checkLinks(page: string): void {
  for (const [, target = ''] of readFileSync(page, 'utf8').matchAll(
    /\]\(([^)#\s]+)(?:#[^)]*)?\)/g,
  )) {
    if (/^\w+:/.test(target) || existsSync(join(dirname(page), target))) continue;
    problems.push(`${relative(root, page)} links to ${target}, which is not there`);
  }
}

function checkScripts(page: string): void {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const [, name = ''] of readFileSync(page, 'utf8').matchAll(/npm run ([\w:-]+)/g)) {
    if (!(name in scripts)) problems.push(`${relative(root, page)} names npm run ${name}`);
  }
}

const tsc = join(root, 'node_modules/typescript/bin/tsc');

function compile(): void {
  const compilerOptions = { noEmit: true, types: ['node'] };
  const config = { extends: '../tsconfig.base.json', compilerOptions, include: ['*.ts'] };
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(config));
  // Browsers' blocks see the packages as published: their sources need no types of Node.
  const lib = ['ES2024', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'];
  const browser = { ...config, extends: '../../tsconfig.base.json' };
  browser.compilerOptions = { noEmit: true, types: [], lib, customConditions: [] } as never;
  writeFileSync(join(work, 'browser/tsconfig.json'), JSON.stringify(browser));
  for (const folder of [work, join(work, 'browser')]) {
    const call = [tsc, '-p', folder];
    const { status, stdout } = spawnSync(process.execPath, call, { encoding: 'utf8' });
    if (status !== 0) problems.push(stdout);
  }
}

function run(name: string, { page }: Block): void {
  const cwd = join(work, 'pictures');
  const args = ['--conditions=@clipseg/source', '--import', 'tsx', join(work, name)];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  if (status !== 0) problems.push(`${page}: a block fails\n${stderr}`);
}

rmSync(work, { recursive: true, force: true });
mkdirSync(join(work, 'pictures'), { recursive: true });
mkdirSync(join(work, 'browser'));
cpSync(join(root, 'fixtures/scenes/images/000.png'), join(work, 'pictures/photo.jpg'));
for (const page of pages) {
  checkLinks(page);
  checkScripts(page);
}
const blocks = pages.flatMap(blocksOf);
const named = blocks.map(
  (block, i) => [`${block.browser ? 'browser/' : ''}block-${i}.ts`, block] as const,
);
for (const [name, { page, code }] of named) {
  writeFileSync(join(work, name), `// ${page}\n${code}\nexport {};\n`);
}
compile();
for (const [name, block] of problems.length === 0 ? named : []) if (block.run) run(name, block);
for (const problem of problems) console.error(problem);
const ran = blocks.filter((block) => block.run).length;
console.log(`${pages.length} pages, ${blocks.length} blocks compiled, ${ran} run`);
if (problems.length > 0) process.exitCode = 1;
else rmSync(work, { recursive: true, force: true });
