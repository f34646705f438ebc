import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Input } from './inputs.js';

// No file of Windows, macOS and Linux alike may have these in its name: separators, control
// characters, half a pair of surrogates, and what Windows keeps for itself.
const FORBIDDEN = /[/\\:*?"<>|\p{Cc}\p{Surrogate}]/gu;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=$|\.)/i;

/** What file systems take as a file's name, in bytes. */
const MAX_NAME = 255;
/** The longest name of a prompt within a file's name, in bytes. */
const MAX_PROMPT = 80;
/** Room for the number that tells two pictures of one name apart. */
const NUMBER = 8;
const MIN_STEM = 40;

/** An extension has a letter: "2024.01.05" has none. */
const EXTENSION = /(?<=.)\.(?=\w*[a-z])\w{1,5}$/i;

/** Shortens a name to so many bytes; a hash keeps two long ones apart. */
function shorten(name: string, bytes: number): string {
  if (Buffer.byteLength(name) <= bytes) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  let kept = '';
  let size = hash.length + 1;
  for (const character of name) {
    size += Buffer.byteLength(character);
    if (size > bytes) break;
    kept += character;
  }
  return `${kept}-${hash}`;
}

/** Equal for names that a file system may take for the same: "É.png" in both spellings, "é.PNG". */
const keyOf = (name: string): string => name.normalize('NFC').toLowerCase().normalize('NFC');

/** A prompt as part of a file's name: letters and digits of any script, no dot; or the fallback. */
export function promptName(prompt: string, fallback: string): string {
  const plain = prompt
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return shorten(plain === '' ? fallback : plain, MAX_PROMPT);
}

function lastOfUrl(text: string): string {
  const { pathname, hostname } = new URL(text);
  const last = pathname.split('/').findLast((part) => part !== '') ?? hostname;
  try {
    return decodeURIComponent(last);
  } catch {
    return last; // a lone %
  }
}

/** The picture's file name, for people and for formats that name it. */
export function fileNameOf({ path }: Input): string {
  if (path === undefined) return 'stdin';
  if (/^data:/i.test(path)) return 'data';
  if (!/^(https?|file):/i.test(path)) return basename(path);
  return URL.canParse(path) ? lastOfUrl(path) : path;
}

/** The name a picture's results start with: its own, but for what no file may be called. */
function stemOf(input: Input): string {
  const stem = fileNameOf(input).replace(EXTENSION, '').replace(FORBIDDEN, '-');
  if (stem === '') return 'image';
  return stem.replace(RESERVED, '$1-');
}

/** Makes names unique by a number; `free` says of one that it may be used. */
export function createNames(
  free: (name: string) => boolean = () => true,
): (wanted: string) => string {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return (wanted) => {
    const base = keyOf(wanted);
    let name = wanted;
    let i = next.get(base) ?? 1;
    while (taken.has(keyOf(name)) || !free(name)) name = `${wanted}-${++i}`;
    next.set(base, i);
    taken.add(keyOf(name));
    return name;
  };
}

const realPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return join(dirname(path), basename(path)); // not there, or not readable: reported later
  }
};

interface OutputNames {
  /** The folder to write into. */
  readonly output: string;
  /** What follows the stem in the names of files: `.cat.mask.png`. */
  readonly endings: readonly string[];
  /** Files that are read besides the pictures. */
  readonly others?: readonly string[];
}

/**
 * The stems of the results, one for each picture: different ones, also for pictures of one name
 * and where a file system does not tell capitals apart; and none whose files would overwrite what
 * is read. A picture whose name is nobody else's keeps it.
 */
export function outputStems(
  inputs: readonly Input[],
  { output, endings, others = [] }: OutputNames,
): string[] {
  const read = new Set<string>();
  if (existsSync(output)) {
    const folder = keyOf(realPath(output));
    const paths = inputs.flatMap(({ path }) => path ?? []);
    for (const path of [...paths, ...others].map(realPath)) {
      if (keyOf(dirname(path)) === folder) read.add(keyOf(basename(path)));
    }
  }
  const longest = Math.max(0, ...endings.map((ending) => Buffer.byteLength(ending)));
  const room = Math.max(MIN_STEM, MAX_NAME - longest - NUMBER);
  const wanted = inputs.map((input) => shorten(stemOf(input), room));
  const owned = new Set(wanted.map(keyOf));
  const unread = (stem: string) => !endings.some((ending) => read.has(keyOf(stem + ending)));
  const given = new Set<string>();
  const unique = createNames((name) => unread(name) && !owned.has(keyOf(name)));
  return wanted.map((stem) => {
    const first = !given.has(keyOf(stem)) && unread(stem);
    given.add(keyOf(stem));
    return first ? stem : unique(stem);
  });
}
