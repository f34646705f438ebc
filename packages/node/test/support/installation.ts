import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Output, runNode } from './run-node.js';

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
const nested = fileURLToPath(new URL('../../node_modules', import.meta.url));

export interface Installation {
  readonly modules: string;
  /** Runs a script (a file's path, or a module's text) over these packages. */
  run(script: readonly string[], env?: NodeJS.ProcessEnv): Promise<Output>;
  remove(): Promise<void>;
}

/**
 * A node_modules of its own, linked to this checkout's but for `replaced`, whose files are copies
 * that a test may damage.
 */
export async function createInstallation(replaced: readonly string[]): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'clipseg-install-'));
  const own = join(folder, 'node_modules');
  await mkdir(own);
  const link = async (from: string, name: string) => {
    if (replaced.some((one) => one.startsWith(`${name}/`))) {
      await mkdir(join(own, name), { recursive: true });
      for (const inner of await readdir(join(from, name))) await link(from, `${name}/${inner}`);
    } else if (!replaced.includes(name)) {
      await symlink(join(from, name), join(own, name)).catch(() => {}); // nested ones came first
    } else {
      const light = (path: string) => !/\.(so(\.\d+)*|dylib|dll)$/.test(path);
      await cp(join(from, name), join(own, name), { recursive: true, filter: light });
    }
  };
  for (const from of [nested, modules]) {
    for (const name of await readdir(from).catch(() => [])) {
      if (!name.startsWith('.')) await link(from, name);
    }
  }
  return {
    modules: own,
    run: (script, env) =>
      runNode(['--preserve-symlinks', '--preserve-symlinks-main', ...script], { cwd: folder, env }),
    remove: () => rm(folder, { recursive: true }),
  };
}
