import { existsSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { UsageError } from './report.js';

export interface Input {
  /** As results and messages call it. */
  readonly name: string;
  /** A path or URL; undefined is standard input. */
  readonly path: string | undefined;
}

const EXTENSIONS = 'jpg,jpeg,png,webp,gif,tif,tiff,avif,bmp,svg';

/** Files, folders (their pictures, not those below), globs, URLs and `-`, each once, in order. */
export async function listInputs(images: readonly string[]): Promise<Input[]> {
  const found = new Map<string, Input>();
  const add = (path: string) => found.set(path, { name: path, path });
  for (const image of images) {
    if (image === '-') found.set('-', { name: '-', path: undefined });
    else if (/^(https?|file):/i.test(image)) add(image);
    else if (existsSync(image) && statSync(image).isDirectory()) {
      const pattern = `*.{${EXTENSIONS}}`;
      const names = await glob(pattern, { cwd: image, caseSensitiveMatch: false });
      if (names.length === 0) throw new UsageError(`the folder ${image} holds no pictures.`);
      for (const name of names.sort()) add(join(image, name));
    } else if (!existsSync(image) && isDynamicPattern(image)) {
      const paths = await glob(image.replaceAll('\\', '/'), { absolute: false });
      if (paths.length === 0) throw new UsageError(`no picture matches ${image}.`);
      for (const path of paths.sort()) add(path);
    } else add(image); // a file that is not there is reported when its turn comes
  }
  return [...found.values()];
}

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** A file name part that every file system takes, or the fallback. */
export function slug(text: string, fallback: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 60);
  if (plain === '') return fallback;
  return RESERVED.test(plain) ? `${plain}-` : plain;
}

/** Makes names unique by a number: two pictures may be called the same. */
export function createNames(): (wanted: string) => string {
  const taken = new Set<string>();
  return (wanted) => {
    let name = wanted;
    for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${wanted}-${i}`;
    taken.add(name.toLowerCase());
    return name;
  };
}

/** The name a picture's results start with. */
export function stemOf({ path }: Input): string {
  if (path === undefined) return 'stdin';
  const file = basename(path.replace(/[?#].*$/, ''));
  return slug(basename(file, extname(file)), 'image');
}
