import { open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { libraries, missingLibrary } from '../src/native/missing-library.js';
import { createInstallation, type Installation } from './support/installation.js';

// Uses the real packages, with files removed or damaged.

const BINDING = `onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}`;
const SCRIPT = `
import * as clipseg from '@clipseg/node';
const grey = { width: 64, height: 64, channels: 1, data: new Uint8Array(4096) };
const tries = {
  async segment() {
    const one = await clipseg.createClipSeg();
    await one.segment(grey, 'cow');
    await one.dispose();
  },
  decode: () => clipseg.decodeImage(Buffer.from([0xff, 0xd8, 0xff, 0xe0])),
};
for (const [name, run] of Object.entries(tries)) {
  await run().then(
    () => console.log(name, 'works'),
    (error) => console.log(name, error.code, error.message),
  );
}`;

let installation: Installation | undefined;
afterEach(async () => {
  await installation?.remove();
  installation = undefined;
});

const there = (path: string) => join(installation!.modules, path);

/** Changes the header of a library so that it claims to be for a 32-bit processor. */
async function changeProcessor(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Uint8Array.of(1), 0, 1, 4); // EI_CLASS: 32 bits
  await file.close();
}

const linkLibrary = async (name: string) => {
  const modules = join(import.meta.dirname, '../../../node_modules');
  await symlink(join(modules, BINDING, name), there(`${BINDING}/${name}`));
};

it
  .skipIf(process.platform !== 'linux')
  .each<[string, readonly string[], () => Promise<void>, RegExp]>([
    [
      'without onnxruntime-node',
      ['onnxruntime-node'],
      () => rm(there('onnxruntime-node'), { recursive: true }),
      /segment backend onnxruntime-node cannot be loaded on linux .*not installed.*npm install/,
    ],
    [
      'without a binary for this platform',
      ['onnxruntime-node'],
      () => rm(there(BINDING), { recursive: true }),
      /segment backend onnxruntime-node .*is not installed\..*npm install --include=optional/,
    ],
    [
      'with a truncated binary',
      ['onnxruntime-node'],
      () => writeFile(there(`${BINDING}/onnxruntime_binding.node`), 'not a library'),
      /segment backend onnxruntime-node .*damaged or for another processor/,
    ],
    [
      'with a binary for another processor',
      ['onnxruntime-node'],
      async () => {
        await linkLibrary('libonnxruntime.so.1');
        await changeProcessor(there(`${BINDING}/onnxruntime_binding.node`));
      },
      /segment backend onnxruntime-node .*damaged or for another processor/,
    ],
    [
      'without its shared library',
      ['onnxruntime-node'],
      async () => {},
      /segment backend onnxruntime-node .*shared library is not beside it.*node_modules\/onnxruntime-node/,
    ],
    [
      'without sharp',
      ['sharp'],
      () => rm(there('sharp'), { recursive: true }),
      /segment works\ndecode backend sharp cannot be loaded .*not installed.*npm install/,
    ],
    [
      "without sharp's binary",
      ['@img/sharp-linux-x64', '@img/sharp-linux-arm64'],
      () => rm(there(`@img/sharp-linux-${process.arch}`), { recursive: true }),
      /segment works\ndecode backend sharp cannot be loaded .*npm install --include=optional sharp/,
    ],
  ])('%s', async (_, replaced, damage, expected) => {
  installation = await createInstallation(replaced);
  await damage();
  const { stdout, stderr, code } = await installation.run(['--input-type=module', '-e', SCRIPT]);
  expect(stdout).toMatch(expected);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
});

it.skipIf(process.platform !== 'linux')(
  'doctor works without both packages, and says what to do',
  async () => {
    installation = await createInstallation(['onnxruntime-node', 'sharp']);
    await rm(there('sharp'), { recursive: true });
    const command = there('@clipseg/node/bin/clipseg.js');
    const { stdout, stderr, code } = await installation.run([command, 'doctor']);
    expect(stdout).toMatch(/^fail onnxruntime +onnxruntime-node cannot be loaded on linux/m);
    expect(stdout).toMatch(/^fail sharp +sharp cannot be loaded on linux/m);
    expect(stdout).toMatch(/^ok +telemetry/m);
    expect(stdout).toMatch(/^fail mini .*onnxruntime-node cannot be loaded/m);
    expect({ stderr, code }).toEqual({ stderr: '', code: 1 });
    const help = await installation.run([command, 'segment', '--help']);
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('--prompt') });
  },
);

// Messages of dynamic loaders on systems that the tests do not run on.
it.each([
  ["/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found", /needs glibc 2\.28/],
  ['Error loading shared library ld-linux-x86-64.so.2: No such file or directory', /Alpine/],
  ['Error relocating libonnxruntime.so.1: __vsnprintf_chk: symbol not found', /Alpine/],
  ['x.node: mach-o file, but is an incompatible architecture', /another processor/],
  ['something nobody has seen', /something nobody has seen\. To install it again/],
])('%s', (text, expected) => {
  const cause = Object.assign(new Error(text), { code: 'ERR_DLOPEN_FAILED' });
  const error = missingLibrary(libraries.onnxruntime, cause);
  expect(error).toMatchObject({ code: 'backend', cause, message: expect.stringMatching(expected) });
});

it('importing the package loads nothing native', async () => {
  installation = await createInstallation([]);
  const script = `
    await import('@clipseg/node');
    console.log(process.report.getReport().sharedObjects.filter((path) => /\\.node$/.test(path)));`;
  const { stdout } = await installation.run(['--input-type=module', '-e', script]);
  expect(stdout).toBe('[]\n');
  expect(await readFile(there('@clipseg/node/dist/index.js'), 'utf8')).not.toMatch(
    /^import .*'(sharp|onnxruntime-node)'/m,
  );
});
