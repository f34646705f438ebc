import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { exempt } from './exempt.js';
import type { Target } from './target.js';

// A source file that reads what comes from outside is covered by a target, or exempt with a reason.

const packages = new URL('../../packages/', import.meta.url);

/** What a parser looks like: decoding by itself, or a name that says so. */
const PARSERS: readonly RegExp[] = [
  /\bJSON\.parse\(/,
  /\bnew (DataView|TextDecoder)\(/,
  /\bsharp\(/,
  /\bcreateSession\(/,
  /\b(inflate|gunzip|unzip)\w*\(/i,
  /export (async )?(function\*?|const) (parse|read|decode|open|from)([A-Z]\w*)?\b/,
  /export (async )?(function\*?|const) \w*FromJson\b/,
];

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '');

/** Whether a source reads what comes from outside. */
export function isParser(source: string): boolean {
  const code = withoutComments(source);
  return PARSERS.some((pattern) => pattern.test(code));
}

/** What is wrong with the targets' list of sources: a line each. */
export async function uncovered(targets: readonly Target[]): Promise<string[]> {
  const all = await readdir(packages, { recursive: true });
  const files = all
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /^[\w-]+\/src\/.*\.tsx?$/.test(file))
    .filter((file) => !/\.test\.tsx?$|\/test-support\//.test(file));
  const covered = new Set(targets.flatMap(({ covers }) => covers));
  const found = await Promise.all(
    files.map(
      async (file) => [file, isParser(await readFile(new URL(file, packages), 'utf8'))] as const,
    ),
  );
  const parsers = new Set(found.filter(([, own]) => own).map(([file]) => file));
  const open = [...parsers].filter((file) => !covered.has(file) && !Object.hasOwn(exempt, file));
  const gone = [...covered, ...Object.keys(exempt)].filter(
    (file) => !existsSync(new URL(file, packages)),
  );
  const idle = Object.keys(exempt).filter(
    (file) => !gone.includes(file) && (!parsers.has(file) || covered.has(file)),
  );
  return [
    ...open
      .sort()
      .map(
        (file) =>
          `${file} reads what comes from outside: add a target to scripts/fuzz/targets, or say in scripts/fuzz/exempt.ts why it needs none.`,
      ),
    ...gone.map((file) => `${file} is covered or exempt, but there is no such file.`),
    ...idle.map((file) => `${file} need not be exempt.`),
  ];
}
