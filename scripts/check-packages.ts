// Packs the packages as npm would publish them, checks their contents, and uses them in an empty
// project outside the repository: npm run check:packages
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = ['core', 'convert', 'mini', 'node', 'web', 'react'];
const image = join(root, 'fixtures/scenes/images/000.png');

async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args, { cwd, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

const use = (load: string) => `${load}
const clipSeg = await createClipSeg({ selfCheck: true });
const { segments, width, height } = await clipSeg.segment(${JSON.stringify(image)}, 'animal');
await clipSeg.dispose();
if (segments[0].mask().length !== width * height) throw new Error('no mask');
if (!ClipSegError.isInstance(new ClipSegError('io', ''))) throw new Error('no error class');
console.log('ok');
`;

async function pack(folder: string): Promise<string[]> {
  const tarballs: string[] = [];
  for (const name of packages) {
    const source = join(root, 'packages', name);
    const out = await run(source, 'npm', 'pack', '--json', '--pack-destination', folder);
    const [{ filename, files, size }] = JSON.parse(out.slice(out.indexOf('[')));
    const paths = (files as { path: string }[]).map(({ path }) => path);
    for (const wanted of ['LICENSE', 'README.md', 'package.json', 'dist/index.js']) {
      if (!paths.includes(wanted)) throw new Error(`${filename} has no ${wanted}.`);
    }
    const stray = paths.filter((path) => /\.test\.|^(src|test)\//.test(path));
    if (stray.length > 0) throw new Error(`${filename} must not contain ${stray.join(', ')}.`);
    console.log(`${filename}: ${paths.length} files, ${(size / 1e6).toFixed(2)} MB`);
    tarballs.push(join(folder, filename));
  }
  return tarballs;
}

async function checkTypesAndExports(tarballs: readonly string[]): Promise<void> {
  for (const [i, name] of packages.entries()) {
    const tarball = tarballs[i]!;
    await run(root, 'npx', 'publint', 'run', '--strict', join('packages', name));
    // ESM only on purpose: Node >= 20.19 can require() it.
    await run(
      root,
      'npx',
      'attw',
      tarball,
      '--profile',
      'esm-only',
      '--exclude-entrypoints',
      'model/*',
    );
    console.log(`${name}: passes publint and attw`);
  }
}

async function useInstalled(folder: string, tarballs: readonly string[]): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  await run(folder, 'npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs);
  const names = '{ createClipSeg, ClipSegError }';
  await writeFile(join(folder, 'a.mjs'), use(`import ${names} from '@clipseg/node';`));
  const required = use(`const ${names} = require('@clipseg/node');`);
  await writeFile(join(folder, 'b.cjs'), `(async () => {\n${required}})();\n`);
  for (const file of ['a.mjs', 'b.cjs']) {
    const out = await run(folder, process.execPath, file);
    if (out.trim() !== 'ok') throw new Error(`${file} printed ${out}`);
    console.log(`${file === 'a.mjs' ? 'import' : 'require'}: a mask`);
  }
  const line = await run(
    folder,
    'npx',
    'clipseg',
    'segment',
    image,
    '-p',
    'animal',
    '-p',
    'food',
    '-o',
    'out',
    '--json',
  );
  const { prompts } = JSON.parse(line);
  const written = (await readdir(join(folder, 'out'))).sort();
  for (const file of written) if ((await stat(join(folder, 'out', file))).size === 0) throw file;
  if (prompts.length !== 2 || written.length !== 3) throw new Error(`wrote ${written.join()}`);
  console.log(`clipseg segment: ${written.join(', ')}`);
  const version = JSON.parse(
    await readFile(join(root, 'packages/node/package.json'), 'utf8'),
  ).version;
  if ((await run(folder, 'npx', 'clipseg', '--version')).trim() !== version)
    throw new Error('version');
}

const folder = await mkdtemp(join(tmpdir(), 'clipseg-packed-'));
try {
  const tarballs = await pack(folder);
  await checkTypesAndExports(tarballs);
  await useInstalled(folder, tarballs);
} finally {
  await rm(folder, { recursive: true, force: true });
}
