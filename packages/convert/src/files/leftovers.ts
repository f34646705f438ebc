import { createHash, randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

// The names of temporary files and folders contain their machine and process, so that the next run
// can tell leftovers of killed processes from files that a live process is writing.

/** Identifies the machine or container, as process ids are only valid within one. */
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

const OWNER = /[.-]([0-9a-f]{8})-(\d{1,10})-[0-9a-f-]{36}(?:\.tmp)?$/;

/** Grace period for files whose process cannot be checked. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** Unique part of a name that identifies the owner. */
const owner = (): string => `${host}-${process.pid}-${randomUUID()}`;

/** Longest file name that file systems accept, in bytes. */
const MAX_NAME = 255;

/** Path beside `path`, for a file to be renamed to `path`; shortened if the name is too long. */
export function temporaryFile(path: string): string {
  const ending = `.${owner()}.tmp`;
  let name = basename(path);
  while (Buffer.byteLength(name) > MAX_NAME - ending.length) name = name.slice(0, -1);
  return join(dirname(path), name + ending);
}

/** Path of a folder in `folder` for temporary files of a run. */
export const scratchFolder = (folder: string): string => join(folder, `.scratch-${owner()}`);

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0); // sends nothing
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'; // another user's process
  }
}

/** Tells whether the owner of the file `name` has ended. */
function isLeftover(name: string, changed: number): boolean {
  const [, machine, pid] = OWNER.exec(name) ?? [];
  if (machine === undefined) return false;
  if (Date.now() - changed > STALE_MS) return true;
  if (machine !== host) return false;
  // The first process of every container has id 1, perhaps this one too.
  if (Number(pid) === process.pid) return changed < Date.now() - process.uptime() * 1000 - 1000;
  return !isRunning(Number(pid));
}

/**
 * Removes leftovers of killed processes from `folder`: at once if the process has ended, after a
 * day if it ran on another machine. Never throws, as writing would report the same problem.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!OWNER.test(name)) continue;
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (!info || !isLeftover(name, info.mtimeMs)) continue;
    await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

const cleaned = new Set<string>();
const MAX_REMEMBERED = 1000;

/** Calls `removeLeftovers` once per folder in this process. */
export async function removeLeftoversOnce(folder: string): Promise<void> {
  const path = resolve(folder);
  if (cleaned.has(path)) return;
  if (cleaned.size >= MAX_REMEMBERED) cleaned.clear();
  cleaned.add(path);
  await removeLeftovers(path);
}
