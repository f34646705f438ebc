import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

let folder: string | undefined;

/** A folder of this process, which the parent removes with its temporary one. */
function ownFolder(): string {
  folder ??= mkdtempSync(join(tmpdir(), 'fuzz-'));
  return folder;
}

/** Where a file of this content lies; the next one takes its place. */
export function fileOf(name: string, content: Uint8Array | string): string {
  const path = join(ownFolder(), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** A folder of these files alone. */
export function folderOf(
  name: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): string {
  const path = join(ownFolder(), name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) fileOf(join(name, file), content);
  return path;
}
