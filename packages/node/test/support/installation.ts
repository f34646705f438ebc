import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Output, runNode } from './run-node.js';

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
const nested = fileURLToPath(new URL('../../node_modules', import.meta.url));

export interface Installation {
  readonly modules: string;
  /** Runs a script (a path, or the text of a module) with these packages. */
  run(script: readonly string[], env?: NodeJS.ProcessEnv): Promise<Output>;
  remove(): Promise<void>;
}

/**
 * Creates a node_modules folder of links to this checkout's packages. Those in `replaced` are
 * copied instead, so that a test may damage them.
 */
export async function createInstallation(replaced: readonly string[]): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'clipseg-install-'));
  const target = join(folder, 'node_modules');
  await mkdir(target);
  const link = async (from: string, name: string) => {
    if (replaced.some((one) => one.startsWith(`${name}/`))) {
      await mkdir(join(target, name), { recursive: true });
      for (const inner of await readdir(join(from, name))) await link(from, `${name}/${inner}`);
    } else if (!replaced.includes(name)) {
      await symlink(join(from, name), join(target, name)).catch(() => {}); // nested ones come first
    } else {
      const light = (path: string) => !/\.(so(\.\d+)*|dylib|dll)$/.test(path);
      await cp(join(from, name), join(target, name), { recursive: true, filter: light });
    }
  };
  for (const from of [nested, modules]) {
    for (const name of await readdir(from).catch(() => [])) {
      if (!name.startsWith('.')) await link(from, name);
    }
  }
  return {
    modules: target,
    run: (script, env) =>
      runNode(['--preserve-symlinks', '--preserve-symlinks-main', ...script], { cwd: folder, env }),
    remove: () => rm(folder, { recursive: true }),
  };
}
