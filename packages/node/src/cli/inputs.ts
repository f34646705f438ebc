import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { EXTENSIONS, isSvgFile } from './picture-files.js';
import { say, UsageError } from './report.js';

export interface Input {
  /** As results and messages call it. */
  readonly name: string;
  /** A path or URL; undefined is standard input. */
  readonly path: string | undefined;
}

const MOST = 5;

const isUrl = (text: string): boolean => /^(https?|file|data):/i.test(text);

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // a name too long, a link that leads to itself: said when its turn comes
  }
}

/** What a folder run leaves out, by extension, with the reason. */
function skippedLine(folder: string, names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) {
    const extension = extname(name).toLowerCase() || 'without extension';
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  const kinds = [...counts].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${n} ${kind}`);
  const more = kinds.length > MOST ? `, and ${kinds.length - MOST} more kinds` : '';
  const files = names.length === 1 ? 'file was' : 'files were';
  const readable = EXTENSIONS.join(', ');
  const heic = names.some((name) => /\.hei[cf]$/i.test(name))
    ? ' HEIC is not readable: convert it, e.g. heif-convert photo.heic photo.jpg.'
    : '';
  const svg = names.some(isSvgFile) ? ' An SVG is drawn only when the file itself is named.' : '';
  return (
    `clipseg: ${folder}: ${names.length} ${files} skipped (${kinds.slice(0, MOST).join(', ')}${more}); ` +
    `pictures are ${readable}.${heic}${svg}`
  );
}

async function picturesIn(folder: string, quiet: boolean): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: Error) => {
    throw new UsageError(`the folder ${folder} cannot be read: ${cause.message}`);
  });
  const files = entries.filter((entry) => !entry.name.startsWith('.') && !entry.isDirectory());
  const names = files.map(({ name }) => name).filter((name) => !isFolder(join(folder, name)));
  const isPicture = (name: string) => EXTENSIONS.includes(extname(name).slice(1).toLowerCase());
  const pictures = names.filter(isPicture).sort();
  const others = names.filter((name) => !isPicture(name));
  if (others.length > 0 && !quiet) say(skippedLine(folder, others));
  if (pictures.length === 0) throw new UsageError(`the folder ${folder} holds no pictures.`);
  return pictures.map((name) => join(folder, name));
}

interface ListOptions {
  /** Says nothing about files that are left out. */
  readonly quiet?: boolean;
  /** Names that are no globs, whatever is in them. */
  readonly listed?: readonly string[];
}

/** Files, folders (their pictures, not those below), globs, URLs and `-`, each once, in order. */
export async function listInputs(
  images: readonly string[],
  { quiet = false, listed = [] }: ListOptions = {},
): Promise<Input[]> {
  const found = new Map<string, Input>();
  const add = (path: string) => {
    // A picture written into its URL is not its name.
    const name = /^data:/i.test(path) ? `${path.slice(0, 30)}…` : path;
    found.set(path, { name, path });
  };
  const addFound = async (image: string): Promise<void> => {
    if (!isFolder(image))
      add(image); // a file that is not there is reported when its turn comes
    else for (const path of await picturesIn(image, quiet)) add(path);
  };
  for (const image of images) {
    if (image === '') throw new UsageError('the name of a picture is empty.');
    if (image === '-') found.set('-', { name: '-', path: undefined });
    else if (isUrl(image)) add(image);
    else if (!existsSync(image) && isDynamicPattern(image)) {
      // Links to folders are not followed: one that points above itself would repeat everything.
      const options = { absolute: false, followSymbolicLinks: false };
      const paths = await glob(image.replaceAll('\\', '/'), options);
      if (paths.length === 0) throw new UsageError(`no picture matches ${image}.`);
      for (const path of paths.sort()) add(path);
    } else await addFound(image);
  }
  for (const name of listed) {
    if (isUrl(name)) add(name);
    else await addFound(name);
  }
  return [...found.values()];
}
