import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

// A container's share of the processors is a quota of its control group: so many microseconds of
// every period. Node 20's availableParallelism() does not know it (libuv does from 1.49 on, Node
// 22).

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined; // no such group, or not for us to see
  }
};

/** `max 100000` or `150000 100000`: microseconds of each period, or no limit. */
function shareOf(quota: string | undefined, period: string | undefined): number | undefined {
  const [time, every] = [Number(quota), Number(period)];
  return time > 0 && every > 0 ? time / every : undefined;
}

/** The group at `path` and all above it, up to the mount: each may limit what is below it. */
function* groupsFrom(mount: string, path: string): Generator<string> {
  for (let group = join('/', path); ; group = dirname(group)) {
    yield join(mount, group);
    if (group === '/') return;
  }
}

function quotaOfVersion2(mount: string, path: string): number[] {
  return [...groupsFrom(mount, path)].flatMap((group) => {
    const [quota, period] = read(join(group, 'cpu.max'))?.split(/\s+/) ?? [];
    return shareOf(quota, period) ?? [];
  });
}

function quotaOfVersion1(mount: string, path: string): number[] {
  return [...groupsFrom(mount, path)].flatMap((group) => {
    const [quota, period] = ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((name) =>
      read(join(group, name)),
    );
    return shareOf(quota, period) ?? [];
  });
}

interface Mount {
  readonly version: 1 | 2;
  readonly path: string;
  /** What of the hierarchy is mounted there: in a container often its own group. */
  readonly root: string;
}

/** Where control groups are mounted that may limit the processors. */
function mountsOf(mountInfo: string): Mount[] {
  return mountInfo.split('\n').flatMap((line): Mount[] => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '/', path = ''] = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    if (type === 'cgroup2') return [{ version: 2, path, root }];
    const isCpu = type === 'cgroup' && options.split(',').includes('cpu');
    return isCpu ? [{ version: 1, path, root }] : [];
  });
}

/** The path of this process's group within a hierarchy, as seen from its mount. */
function groupPath(cgroups: string, { version, root }: Mount): string {
  const lines = cgroups.split('\n').map((line) => line.split(':'));
  const line = lines.find(([id, names = '']) =>
    version === 2 ? id === '0' && names === '' : names.split(',').includes('cpu'),
  );
  const path = line?.slice(2).join(':') ?? '/';
  if (root !== '/' && (path === root || path.startsWith(`${root}/`))) {
    return path.slice(root.length) || '/';
  }
  return path.includes('..') ? '/' : path;
}

/**
 * How many processors' time the process may use, by the quota of its control group (versions 1 and
 * 2) and of those above it; undefined without a limit, and where there are no control groups.
 * @param root where `/proc` and `/sys` are looked for
 */
export function cpuQuota(root = '/'): number | undefined {
  const cgroups = read(join(root, 'proc/self/cgroup'));
  const mountInfo = read(join(root, 'proc/self/mountinfo'));
  if (cgroups === undefined || mountInfo === undefined) return undefined;
  const quotas = mountsOf(mountInfo).flatMap((mount) => {
    const quotaOf = mount.version === 2 ? quotaOfVersion2 : quotaOfVersion1;
    return quotaOf(join(root, mount.path), groupPath(cgroups, mount));
  });
  return quotas.length > 0 ? Math.min(...quotas) : undefined;
}

/**
 * The processors this process may use: those it sees, or as many as its quota pays for, rounded up.
 */
export function defaultThreads(seen: number = availableParallelism(), root?: string): number {
  const quota = cpuQuota(root) ?? Number.POSITIVE_INFINITY;
  return Math.max(1, Math.min(seen, Math.ceil(quota)));
}
