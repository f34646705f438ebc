import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { EXTENSIONS, isSvgFile } from './image-files.js';
import { say, UsageError } from './report.js';

export interface Input {
  /** Name in results and messages. */
  readonly name: string;
  /** Path or URL; undefined for stdin. */
  readonly path: string | undefined;
}

const MAX_KINDS = 5;

const isUrl = (text: string): boolean => /^(https?|file|data):/i.test(text);

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // too long a name, a link to itself: reported when the image is read
  }
}

/** Describes the files of a folder that are skipped, counted by extension. */
function skippedLine(folder: string, names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) {
    const extension = extname(name).toLowerCase() || 'without an extension';
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  const kinds = [...counts].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${n} ${kind}`);
  const more = kinds.length > MAX_KINDS ? `, and ${kinds.length - MAX_KINDS} more kinds` : '';
  const files = names.length === 1 ? 'file was' : 'files were';
  const readable = EXTENSIONS.join(', ');
  const heic = names.some((name) => /\.hei[cf]$/i.test(name))
    ? ' HEIC is not supported: convert it, e.g. heif-convert photo.heic photo.jpg.'
    : '';
  const svg = names.some(isSvgFile) ? ' SVG files are only rendered when named directly.' : '';
  return (
    `clipseg: ${folder}: ${names.length} ${files} skipped (${kinds.slice(0, MAX_KINDS).join(', ')}${more}); ` +
    `supported images: ${readable}.${heic}${svg}`
  );
}

async function imagesIn(folder: string, quiet: boolean): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: Error) => {
    throw new UsageError(`the folder ${folder} cannot be read: ${cause.message}`);
  });
  const files = entries.filter((entry) => !entry.name.startsWith('.') && !entry.isDirectory());
  const names = files.map(({ name }) => name).filter((name) => !isFolder(join(folder, name)));
  const isImage = (name: string) => EXTENSIONS.includes(extname(name).slice(1).toLowerCase());
  const images = names.filter(isImage).sort();
  const others = names.filter((name) => !isImage(name));
  if (others.length > 0 && !quiet) say(skippedLine(folder, others));
  if (images.length === 0) throw new UsageError(`the folder ${folder} has no images.`);
  return images.map((name) => join(folder, name));
}

interface ListOptions {
  /** Do not report skipped files. */
  readonly quiet?: boolean;
  /** Names taken literally, never as globs. */
  readonly listed?: readonly string[];
}

/** Expands files, folders (not recursively), globs, URLs and `-`; each input once, in order. */
export async function listInputs(
  images: readonly string[],
  { quiet = false, listed = [] }: ListOptions = {},
): Promise<Input[]> {
  const found = new Map<string, Input>();
  const add = (path: string) => {
    // A data URL is too long for a name.
    const name = /^data:/i.test(path) ? `${path.slice(0, 30)}…` : path;
    found.set(path, { name, path });
  };
  const addFound = async (image: string): Promise<void> => {
    if (!isFolder(image))
      add(image); // a missing file is reported when it is read
    else for (const path of await imagesIn(image, quiet)) add(path);
  };
  for (const image of images) {
    if (image === '') throw new UsageError('the name of an image is empty.');
    if (image === '-') found.set('-', { name: '-', path: undefined });
    else if (isUrl(image)) add(image);
    else if (!existsSync(image) && isDynamicPattern(image)) {
      // Links to folders are not followed: a link to a parent folder would repeat everything.
      const options = { absolute: false, followSymbolicLinks: false };
      const paths = await glob(image.replaceAll('\\', '/'), options);
      if (paths.length === 0) throw new UsageError(`no image matches ${image}.`);
      for (const path of paths.sort()) add(path);
    } else await addFound(image);
  }
  for (const name of listed) {
    if (isUrl(name)) add(name);
    else await addFound(name);
  }
  return [...found.values()];
}
