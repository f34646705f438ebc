import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

// Names the owner of a lock or temporary folder in a file name: PID-START-PLACE. PLACE identifies
// the machine or container, since process ids are only valid within one; START distinguishes a
// process from a later one with the same id.

const quietly = (read: () => string): string => {
  try {
    return read();
  } catch {
    return ''; // not Linux, or not allowed
  }
};

const place = createHash('sha256')
  .update(`${hostname()}\0${quietly(() => readlinkSync('/proc/self/ns/pid'))}`)
  .digest('hex')
  .slice(0, 12);

/** Start time of a process in ticks since boot; 0 if unknown. */
function startOf(pid: number): string {
  const text = quietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name may hold spaces
  return /^\d+$/.test(fields[19] ?? '') ? fields[19]! : '0';
}

export const thisProcess = (): string => `${process.pid}-${startOf(process.pid)}-${place}`;

export type OwnerState = 'alive' | 'dead' | 'unknown';

/**
 * Tells whether the process named by `owner` is running; `unknown` for other machines and names.
 */
export function ownerState(owner: string): { state: OwnerState; pid?: number } {
  const match = /^(\d{1,10})-(\d{1,20})-([0-9a-f]{12})$/.exec(owner);
  const [, digits = '', start = '', where] = match ?? [];
  const pid = Number(digits);
  if (where !== place || pid === 0) return { state: 'unknown' };
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return { state: 'dead', pid };
  }
  const now = startOf(pid);
  if (start === '0' || now === '0') return { state: 'unknown', pid };
  return { state: now === start ? 'alive' : 'dead', pid };
}
