import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { exempt } from './exempt.js';
import type { Target } from './target.js';

// A source file that parses outside input must be covered by a target or exempt with a reason.

const packages = new URL('../../packages/', import.meta.url);

/** Patterns of parsers: code that decodes, or a telling name. */
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

/** Tells whether a source file parses outside input. */
export function isParser(source: string): boolean {
  const code = withoutComments(source);
  return PARSERS.some((pattern) => pattern.test(code));
}

/** Lists problems with the targets' lists of source files, one per line. */
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
  const parsers = new Set(found.filter(([, matches]) => matches).map(([file]) => file));
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
          `${file} parses outside input: add a target to scripts/fuzz/targets, or a reason why it needs none to scripts/fuzz/exempt.ts.`,
      ),
    ...gone.map((file) => `${file} is covered or exempt, but does not exist: no such file.`),
    ...idle.map((file) => `${file} does not need an exemption.`),
  ];
}
