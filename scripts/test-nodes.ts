// Runs the tests on every supported version of Node, except those of React:
//   npm run test:nodes [-- 22 24]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const versions = process.argv.length > 2 ? process.argv.slice(2) : ['20.19.0', '22', '24'];
const binary = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** Installs a Node binary. The npm package `node` would need an install script to fetch it. */
function install(version: string, folder: string): string {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${binary}@${version}`];
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${binary}@${version} cannot be installed:\n${stderr}`);
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(folder, 'node_modules', binary, 'bin', name);
}

for (const version of versions) {
  const folder = mkdtempSync(join(tmpdir(), 'clipseg-node-'));
  try {
    const node = install(version, folder);
    const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
    console.log(`Node ${stdout.trim()}`);
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const { status } = spawnSync(
      node,
      [vitest, 'run', '--project=core', '--project=node', '--reporter=dot'],
      {
        cwd: root,
        stdio: 'inherit',
      },
    );
    if (status !== 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
