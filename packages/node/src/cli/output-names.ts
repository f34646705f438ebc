import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Input } from './inputs.js';

// Characters that Windows, macOS or Linux forbids in file names: separators, control characters,
// lone surrogates, and those that Windows reserves.
const FORBIDDEN = /[/\\:*?"<>|\p{Cc}\p{Surrogate}]/gu;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(?=$|\.)/i;

/** Longest file name that file systems accept, in bytes. */
const MAX_NAME = 255;
/** Longest part of a file name for the prompt, in bytes. */
const MAX_PROMPT = 80;
/** Bytes reserved for the number that distinguishes images of the same name. */
const NUMBER = 8;
const MIN_STEM = 40;

/** A file extension has a letter, so "2024.01.05" has no extension. */
const EXTENSION = /(?<=.)\.(?=\w*[a-z])\w{1,5}$/i;

/** Shortens a name to a number of bytes; a hash keeps long names distinct. */
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

/** Key that is equal for names that a file system may treat as equal: "É.png", "é.PNG". */
const keyOf = (name: string): string => name.normalize('NFC').toLowerCase().normalize('NFC');

/** Makes a part of a file name from a prompt: letters and digits of any script, no dots. */
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

/** Name of the image file, for messages and for formats that store it. */
export function fileNameOf({ path }: Input): string {
  if (path === undefined) return 'stdin';
  if (/^data:/i.test(path)) return 'data';
  if (!/^(https?|file):/i.test(path)) return basename(path);
  return URL.canParse(path) ? lastOfUrl(path) : path;
}

/** Start of the names of an image's results: its own name without forbidden characters. */
function stemOf(input: Input): string {
  const stem = fileNameOf(input).replace(EXTENSION, '').replace(FORBIDDEN, '-');
  if (stem === '') return 'image';
  return stem.replace(RESERVED, '$1-');
}

/** Makes names unique by adding a number; `free` tells whether a name may be used. */
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
    return join(dirname(path), basename(path)); // missing or unreadable: reported later
  }
};

interface OutputNames {
  /** The folder to write into. */
  readonly output: string;
  /** Endings after the stem, e.g. `.cat.mask.png`. */
  readonly endings: readonly string[];
  /** Files that are read besides the images. */
  readonly others?: readonly string[];
}

/**
 * Chooses the stem of each image's results. Stems are unique, also on case-insensitive file
 * systems, and their files never overwrite an input. An image with a unique name keeps its name.
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
