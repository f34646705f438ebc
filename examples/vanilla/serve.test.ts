import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFileServer, type Server } from '../../scripts/browser/file-server.js';

const here = fileURLToPath(new URL('.', import.meta.url));
let example: ChildProcess;
let files: Server;
const ports: Record<string, number> = {};

beforeAll(async () => {
  example = spawn(process.execPath, ['serve.mjs'], {
    cwd: here,
    env: { ...process.env, PORT: '0' },
  });
  const [line] = await once(example.stdout as NodeJS.EventEmitter, 'data');
  ports['serve.mjs'] = Number(/:(\d+)/.exec(String(line))?.[1]);
  files = await createFileServer({ '/': here, '/folder': here, '/one': `${here}main.js` });
  ports['file-server.ts'] = Number(new URL(files.url).port);
});
afterAll(async () => {
  example.kill();
  await files.close();
});

/** Returns the answer to a raw request line, because `fetch` would normalize the path. */
async function ask(port: number, line: string): Promise<string> {
  const socket = connect(port, 'localhost');
  socket.write(`${line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  const chunks = await socket.toArray();
  return Buffer.concat(chunks).toString('latin1');
}

it.each(
  ['serve.mjs', 'file-server.ts'].flatMap((server) =>
    [
      'GET //[',
      'GET /%',
      'GET /%E0%A4%A',
      'GET /main.js%00',
      'GET /test%00.js',
      'GET /../README.md/../../README.md',
      'GET /..%2f..%2fpackage.json',
      'GET /%2e%2e/%2e%2e/package.json',
      'GET /images/..%2f..%2f..%2f..%2fetc/passwd',
      'GET /folder/../../package.json',
      'GET /one/../../../package.json',
      'GET /..\\..\\package.json',
      'GET /../../../../../../../../etc/passwd',
      'GET /node_modules',
      'GET /images/',
      'GET *',
      'POST /nothing',
    ].map((line) => [server, line] as const),
  ),
)('%s returns no file for %s, and keeps running', async (server, line) => {
  const port = ports[server]!;
  const text = await ask(port, line);
  expect(text).toMatch(/^HTTP\/1\.1 (200|400|404|405) /);
  expect(text).not.toMatch(/clipseg-monorepo|root:/);
  expect(await ask(port, 'GET /main.js')).toMatch(/^HTTP\/1\.1 200 [\s\S]*createClipSeg/);
});
