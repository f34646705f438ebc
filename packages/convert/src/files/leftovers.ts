import { createHash, randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

// Temporary files and folders carry the machine and the process that made them in their names, so
// that the next run can tell what a killed one left from what a living one still writes.

/** A process's number means something on its own machine (or in its own container) only. */
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

const OWNER = /[.-]([0-9a-f]{8})-(\d{1,10})-[0-9a-f-]{36}(?:\.tmp)?$/;

/** Whose process cannot be asked is left alone for this long. */
const STALE_MS = 24 * 60 * 60 * 1000;

/** A part of a name that says who made the file; never the same twice. */
const owner = (): string => `${host}-${process.pid}-${randomUUID()}`;

/** What file systems take as a name, in bytes. */
const MAX_NAME = 255;

/** Beside `path`, for what becomes `path` when it is complete; a name that just fits is cut. */
export function temporaryFile(path: string): string {
  const ending = `.${owner()}.tmp`;
  let name = basename(path);
  while (Buffer.byteLength(name) > MAX_NAME - ending.length) name = name.slice(0, -1);
  return join(dirname(path), name + ending);
}

/** In `folder`, for files that are needed for the length of a run. */
export const scratchFolder = (folder: string): string => join(folder, `.scratch-${owner()}`);

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0); // sends nothing
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'; // another user's process runs too
  }
}

/** Whether the process that made what is called `name` cannot be writing it any more. */
function isLeft(name: string, changed: number): boolean {
  const [, machine, pid] = OWNER.exec(name) ?? [];
  if (machine === undefined) return false;
  if (Date.now() - changed > STALE_MS) return true;
  if (machine !== host) return false;
  // The first process of every container has the number 1, this one perhaps too.
  if (Number(pid) === process.pid) return changed < Date.now() - process.uptime() * 1000 - 1000;
  return !isRunning(Number(pid));
}

/**
 * Removes from `folder` what runs that were killed have left there: at once when their process is
 * gone, after a day when it ran on another machine. What a living process writes stays.
 * Never throws: whoever cannot clean will see it when writing.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!OWNER.test(name)) continue;
    const path = join(folder, name);
    const info = await stat(path).catch(() => undefined);
    if (!info || !isLeft(name, info.mtimeMs)) continue;
    await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

const cleaned = new Set<string>();
const MAX_REMEMBERED = 1000;

/** `removeLeftovers`, once in this process for each folder. */
export async function removeLeftoversOnce(folder: string): Promise<void> {
  const path = resolve(folder);
  if (cleaned.has(path)) return;
  if (cleaned.size >= MAX_REMEMBERED) cleaned.clear();
  cleaned.add(path);
  await removeLeftovers(path);
}
