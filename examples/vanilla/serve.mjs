// Serves this folder and what it needs, as files: npm start -w examples/vanilla
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
};
// With both, WASM uses more than one thread.
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** Where npm has put the packages: beside this folder's package.json, or at the root of workspaces. */
const packages = ['node_modules', '../../node_modules']
  .map((folder) => join(here, folder))
  .find((folder) => existsSync(join(folder, 'onnxruntime-web')));
const folders = { '/node_modules/': packages, '/images/': join(here, '../images'), '/': here };

function fileOf(url) {
  // Resolved first, so that no path leaves its folder.
  const path = normalize(decodeURIComponent(new URL(url, 'http://server').pathname));
  const prefix = Object.keys(folders).find((one) => path.startsWith(one));
  return join(folders[prefix], path.slice(prefix.length) || 'index.html');
}

const server = createServer((request, response) => {
  const file = fileOf(request.url);
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? {};
  const type = types[extname(file)] ?? 'application/octet-stream';
  if (size === undefined) return response.writeHead(404, isolation).end();
  response.writeHead(200, { 'content-type': type, 'content-length': size, ...isolation });
  createReadStream(file).pipe(response);
});
server.listen(process.env.PORT ?? 8080, () => {
  console.log(`http://localhost:${server.address().port}/`);
});
