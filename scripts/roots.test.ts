import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

// What the entries of the packages export, types included, as TypeScript sees it.

const root = fileURLToPath(new URL('..', import.meta.url));
const names = ['core', 'node', 'web'] as const;
type Name = (typeof names)[number];
type Entries = Record<string, { '@clipseg/source': string }>;

function entriesOf(name: Name): Map<string, string> {
  const folder = `${root}packages/${name}/`;
  const { exports } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'));
  const { './package.json': _, ...entries } = exports as Entries;
  return new Map(Object.entries(entries).map(([at, to]) => [at, folder + to['@clipseg/source']]));
}

const entries = new Map(names.map((name) => [name, entriesOf(name)]));
const program = ts.createProgram(
  [...entries.values()].flatMap((files) => [...files.values()]),
  {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ['@clipseg/source'],
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: [],
    noEmit: true,
  },
);

function exportsOf(name: Name, entry: string): string[] {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entries.get(name)!.get(entry)!);
  const module = file && checker.getSymbolAtLocation(file);
  if (!module) throw new Error(`@clipseg/${name} has no ${entry}`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => symbol.name)
    .sort();
}

it('node and web export the same names from their roots, at most 45', () => {
  const ofNode = exportsOf('node', '.');
  expect(exportsOf('web', '.')).toEqual(ofNode);
  expect(ofNode).toEqual(expect.arrayContaining(['createClipSeg', 'ClipSeg', 'ClipSegError']));
  expect(ofNode.length).toBeLessThanOrEqual(45);
  expect(ofNode).toEqual(expect.arrayContaining(exportsOf('core', '.')));
});

it('node and web have the entries of core, with all of their names', () => {
  const shared = [...entries.get('core')!.keys()].filter((entry) => entry !== './internal');
  expect(shared).toContain('./raster');
  for (const entry of shared) {
    const wanted = exportsOf('core', entry);
    expect(wanted.length).toBeGreaterThan(0);
    for (const name of ['node', 'web'] as const) {
      expect(exportsOf(name, entry), `@clipseg/${name} ${entry}`).toEqual(
        expect.arrayContaining(wanted),
      );
    }
  }
});
