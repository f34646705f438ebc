// Compiles and runs every TypeScript block of the documentation (packages/web/test/docs.test.ts
// runs those for browsers), and checks that links and npm scripts exist: npm run check:docs
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
const foldersOf = (parent: string) =>
  readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${parent}/${name}`);
const folders = [
  '.',
  'docs',
  'docs/decisions',
  'bench',
  'integrations',
  'training/mini',
  'fixtures',
];
const pages = [...folders, 'examples', ...foldersOf('packages'), ...foldersOf('examples')]
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
  /** False for a `ts no-run` block, which needs something missing here, e.g. the network. */
  readonly run: boolean;
  /** Whether it is a `ts browser` or `tsx` block, which packages/web/test/docs.test.ts runs. */
  readonly browser: boolean;
  readonly extension: string;
}

function blocksOf(page: string): Block[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^```(tsx?)( browser)?( no-run)?\n([\s\S]*?)^```/gm)].map(
    ([, extension = '', mark, noRun, code = '']) => {
      const browser = extension === 'tsx' || mark !== undefined;
      return { page: relative(root, page), code, browser, extension, run: !noRun && !browser };
    },
  );
}

function checkLinks(page: string): void {
  const text = readFileSync(page, 'utf8');
  for (const [, target = '', heading] of text.matchAll(/\]\(([^)#\s]*)(?:#([^)]*))?\)/g)) {
    if (/^\w+:/.test(target)) continue;
    const file = target === '' ? page : join(dirname(page), target);
    if (!existsSync(file))
      problems.push(`${relative(root, page)} links to ${target}, which does not exist`);
    else if (heading && !anchorsOf(file).has(heading)) {
      problems.push(`${relative(root, page)} links to ${target}#${heading}, which does not exist`);
    }
  }
  for (const [, path = ''] of text.matchAll(/`((?:packages|scripts|fixtures)\/[\w./-]+\.\w+)`/g)) {
    if (!existsSync(join(root, path)))
      problems.push(`${relative(root, page)} mentions ${path}, which does not exist`);
  }
}

/** Returns the anchors of a page's headings. */
function anchorsOf(page: string): Set<string> {
  const headings = [...readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)];
  const anchor = ([, text = '']: readonly string[]) =>
    text
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-');
  return new Set(headings.map(anchor));
}

/** npm scripts of this repository and its examples. */
const npmScripts = new Set(
  ['.', ...foldersOf('examples')]
    .map((folder) => join(root, folder, 'package.json'))
    .filter((file) => existsSync(file))
    .flatMap((file) => Object.keys(JSON.parse(readFileSync(file, 'utf8')).scripts ?? {})),
);

function checkScripts(page: string): void {
  for (const [, name = ''] of readFileSync(page, 'utf8').matchAll(/npm run ([\w:-]+)/g)) {
    if (!npmScripts.has(name))
      problems.push(`${relative(root, page)} mentions npm run ${name}, which does not exist`);
  }
}

const tsc = join(root, 'node_modules/typescript/bin/tsc');

function compile(): void {
  const compilerOptions = { noEmit: true, types: ['node'] };
  const config = { extends: '../tsconfig.base.json', compilerOptions, include: ['*.ts'] };
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(config));
  // Blocks for browsers use the published packages, whose types need no types of Node.
  const lib = ['ES2024', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'];
  const browser = { ...config, extends: '../../tsconfig.base.json' };
  const jsx = { jsx: 'react-jsx', lib, customConditions: [] };
  Object.assign(browser, { compilerOptions: { noEmit: true, types: [], ...jsx } });
  browser.include = ['*.ts', '*.tsx'];
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
  (block, i) => [`${block.browser ? 'browser/' : ''}block-${i}.${block.extension}`, block] as const,
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
