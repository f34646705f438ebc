import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

let folder: string | undefined;

/** Returns a temporary folder of this process, which the parent removes. */
function processFolder(): string {
  folder ??= mkdtempSync(join(tmpdir(), 'fuzz-'));
  return folder;
}

/** Writes a file, replacing the previous one of this name, and returns its path. */
export function fileOf(name: string, content: Uint8Array | string): string {
  const path = join(processFolder(), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** Creates a folder with only these files and returns its path. */
export function folderOf(
  name: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): string {
  const path = join(processFolder(), name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) fileOf(join(name, file), content);
  return path;
}
