import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { maskedUrl } from '../src/http/masked-url.js';
import { runNode } from './support/run-node.js';

const cli = fileURLToPath(new URL('../bin/clipseg.js', import.meta.url));
const cwd = fileURLToPath(new URL('.', import.meta.url));

it.each([
  ['http://proxy.example:8080', 'http://proxy.example:8080'],
  ['proxy.example:8080', 'http://proxy.example:8080'],
  ['https://hub.example/api/models', 'https://hub.example/api/models'],
  ['http://user:SECRET@proxy:8080', 'http://***@proxy:8080'],
  ['http://SECRET@proxy:8080', 'http://***@proxy:8080'],
  ['socks5://user:SECRET@proxy:1080', 'socks5://***@proxy:1080'],
  [' http://user:SECRET@proxy ', 'http://***@proxy'],
  ['user:SECRET@proxy:8080', 'http://***@proxy:8080'],
  ['http://user:a@SECRET@proxy', 'http://***@proxy'],
  ['http://user:a/SECRET@proxy', '(set, not a URL)'],
  ['http://user:12/SECRET@proxy', '(set, not shown)'],
  ['http:\\\\user:SECRET@proxy', '(set, not shown)'],
  ['http://proxy/?token=SECRET', 'http://proxy?***'],
  ['http://proxy/#SECRET', 'http://proxy?***'],
])('%s is printed as %s', (value, shown) => {
  expect(maskedUrl(value)).toBe(shown);
});

it('doctor and hub errors print no password from the environment', async () => {
  const env = {
    HTTPS_PROXY: 'socks5://user:SECRET@proxy:1080',
    HF_ENDPOINT: 'http://user:a/SECRET@hub',
    HF_TOKEN: 'SECRET',
  };
  const doctor = await runNode([cli, 'doctor', '--dtype', 'fp32'], { cwd, env });
  expect(doctor.stdout).toContain('HTTPS_PROXY=socks5://***@proxy:1080');
  const hub = await runNode([cli, 'info', '-m', 'owner/name', '--offline'], { cwd, env });
  expect(hub.stderr).toContain('HF_ENDPOINT is (set, not a URL)');
  expect(doctor.stdout + doctor.stderr + hub.stdout + hub.stderr).not.toContain('SECRET');
});

it('the error for a user without a home folder names the variable to set', async ({ skip }) => {
  if (process.getuid?.() !== 0) {
    const reason = 'needs root to become a user without an entry';
    console.warn(`skipped: ${reason}`);
    return skip(reason);
  }
  const script = `
    process.setgid(12345);
    process.setuid(12345);
    delete process.env.HOME;
    const { defaultCacheFolder, hubSource } = await import('@clipseg/node/model');
    const tries = [() => defaultCacheFolder(), () => hubSource('a/b', { hub: { offline: true } }).open({})];
    for (const run of tries) {
      await Promise.resolve().then(run).catch(({ code, message }) => console.log(code, message));
    }`;
  const env = { XDG_CACHE_HOME: '', CLIPSEG_CACHE: '', HF_HOME: '', HF_HUB_CACHE: '' };
  const run = await runNode(['--input-type=module', '-e', script], { cwd, env });
  expect(run.stdout).toMatch(/^io This user has no home folder\. .*CLIPSEG_CACHE/m);
  expect(run.stdout).toMatch(/^io This user has no home folder\. .*HF_HOME/m);
});
