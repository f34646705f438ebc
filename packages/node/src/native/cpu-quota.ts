import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

// The CPU quota of a container is set by its control group: microseconds per period. Node 20's
// availableParallelism() ignores it (libuv 1.49, in Node 22, does not).

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined; // missing or not readable
  }
};

/** Converts a quota and its period in microseconds to CPUs; `max` means no limit. */
function shareOf(quota: string | undefined, period: string | undefined): number | undefined {
  const [time, every] = [Number(quota), Number(period)];
  return time > 0 && every > 0 ? time / every : undefined;
}

/** Yields the group at `path` and its parents up to the mount; each may set a limit. */
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
  /** Part of the hierarchy that is mounted; in a container often its own group. */
  readonly root: string;
}

/** Lists mounted control groups that may limit CPUs. */
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

/** Returns the path of this process's group relative to the mount. */
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
 * Returns the CPU quota of this process, in CPUs: the smallest of its control group (version 1 or
 * 2) and the parents. Undefined without a limit or without control groups.
 * @param root folder with `/proc` and `/sys`
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

/** Returns the number of processors, or the CPU quota, rounded up, if that is smaller. */
export function defaultThreads(seen: number = availableParallelism(), root?: string): number {
  const quota = cpuQuota(root) ?? Number.POSITIVE_INFINITY;
  return Math.max(1, Math.min(seen, Math.ceil(quota)));
}
