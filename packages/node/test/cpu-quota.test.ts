import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cpuQuota, defaultThreads } from '../src/native/cpu-quota.js';

// Contents of /proc and /sys in containers: Docker and Kubernetes with control groups version 2 and
// 1, with and without a separate namespace, and systemd's hybrid of both.

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'clipseg-cgroup-'));
});
afterEach(() => rm(root, { recursive: true }));

const V2 = '30 23 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate';
const cpuMount = (inner: string) =>
  `31 24 0:27 ${inner} /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct`;
const CPUSET = '32 24 0:28 / /sys/fs/cgroup/cpuset ro - cgroup cgroup rw,cpuset';

interface Machine {
  readonly mounts: readonly string[];
  readonly cgroup: string;
  readonly files: Readonly<Record<string, string>>;
}

const v2 = (cgroup: string, files: Machine['files']): Machine => ({ mounts: [V2], cgroup, files });
const v1 = (inner: string, cgroup: string, quota: string, group = ''): Machine => ({
  mounts: [CPUSET, cpuMount(inner)],
  cgroup,
  files: {
    [`cpu,cpuacct${group}/cpu.cfs_quota_us`]: quota,
    [`cpu,cpuacct${group}/cpu.cfs_period_us`]: '100000',
  },
});

async function make({ mounts, cgroup, files }: Machine): Promise<void> {
  const all = {
    'proc/self/cgroup': cgroup,
    'proc/self/mountinfo': mounts.join('\n'),
    ...Object.fromEntries(
      Object.entries(files).map(([path, text]) => [`sys/fs/cgroup/${path}`, text]),
    ),
  };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), `${text}\n`);
  }
}

describe('the quota of', () => {
  it.each<[string, Machine, number | undefined, number]>([
    ['version 2, own namespace', v2('0::/', { 'cpu.max': '200000 100000' }), 2, 2],
    ['version 2, half a processor', v2('0::/', { 'cpu.max': '50000 100000' }), 0.5, 1],
    ['version 2, one and a half', v2('0::/', { 'cpu.max': '150000 100000' }), 1.5, 2],
    ['version 2, no limit', v2('0::/', { 'cpu.max': 'max 100000' }), undefined, 64],
    ['version 2, the root group has no file', v2('0::/', {}), undefined, 64],
    [
      'version 2, the smallest of all parent groups',
      v2('0::/pod/app', { 'pod/cpu.max': '300000 100000', 'pod/app/cpu.max': 'max 100000' }),
      ...([3, 3] as const),
    ],
    [
      "version 2, the host's path in a container that sees only its own group",
      v2('0::/docker/1a2b', { 'cpu.max': '400000 100000' }),
      ...([4, 4] as const),
    ],
    [
      'version 2, a path outside the namespace',
      v2('0::/../other', { 'cpu.max': '400000 100000' }),
      ...([4, 4] as const),
    ],
    ['version 1, own namespace', v1('/', '4:cpu,cpuacct:/', '250000'), 2.5, 3],
    ['version 1, as Docker mounts it', v1('/docker/1', '4:cpu,cpuacct:/docker/1', '200000'), 2, 2],
    ['version 1, below the mount', v1('/', '4:cpu,cpuacct:/a/b', '100000', '/a/b'), 1, 1],
    ['version 1, no limit', v1('/', '4:cpu,cpuacct:/', '-1'), undefined, 64],
    [
      'both versions, as systemd mounts them',
      { ...v1('/', '4:cpu,cpuacct:/\n0::/', '200000'), mounts: [V2, cpuMount('/')] },
      ...([2, 2] as const),
    ],
    ['invalid values', v2('0::/', { 'cpu.max': 'many some' }), undefined, 64],
    ['a quota of 0', v2('0::/', { 'cpu.max': '0 0' }), undefined, 64],
    ['more than the number of processors', v2('0::/', { 'cpu.max': '9900000 100000' }), 99, 64],
  ])('%s', async (_, machine, quota, threads) => {
    await make(machine);
    expect(cpuQuota(root)).toBe(quota);
    expect(defaultThreads(64, root)).toBe(threads);
  });
});

it('a system without control groups has no quota', () => {
  expect(cpuQuota(root)).toBeUndefined();
  expect(defaultThreads(8, root)).toBe(8);
});
