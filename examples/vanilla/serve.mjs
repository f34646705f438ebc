// Serves this folder and the packages that it needs: npm start -w examples/vanilla
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream';
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
// These two headers let WASM use more than one thread.
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** The folder of the packages: next to this folder's package.json, or at the workspace root. */
const packages = ['node_modules', '../../node_modules']
  .map((folder) => join(here, folder))
  .find((folder) => existsSync(join(folder, 'onnxruntime-web')));
const folders = { '/node_modules/': packages, '/images/': join(here, '../images'), '/': here };

/** Returns the file for a URL; undefined if the URL is invalid or there is no file. */
function fileOf(url) {
  try {
    // The URL is resolved first, so no path leaves its folder.
    const path = normalize(decodeURIComponent(new URL(url, 'http://server').pathname));
    const prefix = Object.keys(folders).find((one) => path.startsWith(one));
    const file = join(folders[prefix], path.slice(prefix.length) || 'index.html');
    return statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined; // `//[`, an invalid `%`, a NUL, or no such file
  }
}

const server = createServer(({ method, url }, response) => {
  if (method !== 'GET' && method !== 'HEAD') {
    return response.writeHead(405, { ...isolation, allow: 'GET, HEAD' }).end();
  }
  const file = fileOf(url);
  if (!file) return response.writeHead(404, isolation).end();
  const type = types[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, {
    'content-type': type,
    'content-length': statSync(file).size,
    ...isolation,
  });
  if (method === 'HEAD') return response.end();
  // If the client leaves, the file is closed. If the file cannot be read, the connection ends, but
  // not the process.
  pipeline(createReadStream(file), response, () => {});
});
server.listen(process.env.PORT ?? 8080, () => {
  console.log(`http://localhost:${server.address().port}/`);
});
