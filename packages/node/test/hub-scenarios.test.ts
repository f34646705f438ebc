import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import * as c from './support/cache-tricks.js';
import * as check from './support/hub-checks.js';
import { COMMIT } from './support/hub-server.js';
import * as t from './support/hub-tricks.js';
import {
  BIG,
  createServers,
  createWorld,
  ID,
  leftovers,
  type Prepare,
  removeWorld,
  type Servers,
  snapshotPath,
  TOKEN,
  treeOf,
  type World,
  wrongFiles,
} from './support/hub-world.js';

declare module 'vitest' {
  interface TaskMeta {
    /** Number of files outside the cache that were created, changed or removed. */
    outside?: number;
    /** Number of requests to another host with the token. */
    tokens?: number;
  }
}

/** `ok`: the snapshot is complete and correct. Otherwise the error's code and message. */
type Outcome = 'ok' | RegExp | readonly [code: string, message: RegExp];
type Scenario = readonly [name: string, prepare: Prepare, outcome: Outcome, after?: check.After];

const hasty = (prepare: Prepare) => c.all(c.option({ stallTimeoutMs: 200 }), prepare);
const viaProxy = (name: string, scheme = 'http://', endpoint = 'http://hub.test'): Prepare =>
  c.all(
    c.option({ endpoint }),
    c.env((w) => ({ [name]: scheme + w.proxy.host })),
  );
const whole: check.After = ({ proxy }) =>
  expect(proxy.targets).toContain(`GET http://mirror.test/${ID}/resolve/${COMMIT}/${BIG}`);
const heldStill: check.After = () => {}; // the lock of another process stays
const quick: check.After = () => expect(performance.now() - started).toBeLessThan(10_000);
const invalid = (message: RegExp) => ['invalid-argument', message] as const;

// biome-ignore format: one scenario per line
const groups: Record<string, readonly Scenario[]> = {
  'a listing with invalid hashes, names or sizes': [
    ['a hash that is a path out of the cache', t.lists({ oid: '../../../../canary' }), /lists "config.json" with the hash/],
    ['the same for a large file', t.lists({ lfs: { oid: '../../../../canary', size: 9 } }, BIG), /with the hash/],
    ['a hash with backslashes', t.lists({ oid: '..\\..\\canary' }), /with the hash/],
    ['a hash in upper case', t.lists({ oid: 'A'.repeat(40) }), /with the hash/],
    ['a hash that is too short', t.lists({ oid: 'a'.repeat(39) }), /with the hash/],
    ['a hash with a trailing line break', t.lists({ oid: `${'a'.repeat(40)}\n` }), /with the hash/],
    ['a hash that is a number', t.lists({ oid: 1e39 }), /with the hash/],
    ['no hash', t.lists({ oid: undefined }), /with the hash/],
    ['a large file with a small one’s hash', t.lists({ lfs: { oid: 'a'.repeat(40), size: 9 } }, BIG), /with the hash/],
    ['a path with ..', t.listsToo({ path: '../../canary' }), /lists a file "\.\.\/\.\.\/canary"/],
    ['a path with .. in the middle', t.listsToo({ path: 'a/../../../canary' }), /lists a file/],
    ['an absolute path', t.listsToo({ path: '/tmp/canary' }), /lists a file/],
    ['a path with an empty part', t.listsToo({ path: 'a//b' }), /lists a file/],
    ['a path with NUL', t.listsToo({ path: 'config.json\0.png' }), /lists a file "config.json\\u0000/],
    ['a path that is an object', t.listsToo({ path: { toString: 1 } }), /lists a file \{"toString": 1\}/],
    ['an endless path', t.listsToo({ path: 'x'.repeat(1e5) }), /lists a file "x{60}…"/],
    ['a drive letter, which is ignored', t.listsToo({ path: 'C:\\canary' }), 'ok'],
    ['a path with backslashes, which is ignored', t.listsToo({ path: '..\\..\\canary' }), 'ok'],
    ['a Windows device, which is ignored', t.listsToo({ path: 'CON.json' }), 'ok'],
    ['a Windows device in a converted model', t.listsToo({ path: 'clipseg.json' }, { path: 'aux.onnx' }), /"aux.onnx"/],
    ['two names that differ only in case', t.listsToo({ path: 'clipseg.json' }, { path: 'VOCAB.json' }), /"VOCAB.json" twice/],
    ['a file twice', t.listsToo({ path: 'config.json' }), /"config.json" twice/],
    ['names of Object properties', t.listsToo({ path: '__proto__' }, { path: 'constructor' }), 'ok'],
    ['a negative size', t.lists({ size: -1 }), /size of -1 bytes/],
    ['a size of 1e300', t.lists({ size: 1e300 }), /size of 1e\+300 bytes/],
    ['a fractional size', t.lists({ size: 1.5 }), /size of 1.5 bytes/],
    ['a size as text', t.lists({ size: '24' }), /size of "24" bytes/],
    ['no size', t.lists({ size: null }), /size of null bytes/],
    ['a configuration of a gigabyte', t.lists({ size: 2 ** 30 }), /the limit is 67108864/],
    ['a shard with .. in the index', t.sharded({ a: '../../../canary' }), ['invalid-checkpoint', /no weight_map of names to files/]],
    ['a shard that is not listed', t.sharded({ a: 'model-x.safetensors' }), /does not list "model-x.safetensors"/],
  ],
  'invalid responses': [
    ['a commit with ..', t.answers('/revision/', (r) => t.json(r, { sha: '../../../canary' })), /as the commit/],
    ['a commit of 64 digits', t.answers('/revision/', (r) => t.json(r, { sha: 'a'.repeat(64) })), /as the commit/],
    ['no commit', t.answers('/revision/', (r) => t.json(r, 'null')), /names undefined as the commit/],
    ['a login page', t.answers('/revision/', (r) => t.json(r, '<html>Sign in')), /not JSON \(a login page\?\)/],
    ['a listing that is not a list', t.answers('/tree/', (r) => t.json(r, {})), /not a list/],
    ['a listing of nothing', t.answers('/tree/', (r) => t.json(r, [null])), /lists a file undefined/],
    ['a listing of lists within lists', t.answers('/tree/', (r) => t.json(r, '['.repeat(1e5) + ']'.repeat(1e5))), /lists a file undefined/],
    ['a listing of 20 MB', t.answers('/tree/', (r) => t.json(r, `["${'x'.repeat(2e7)}"]`)), /more than 16777216 bytes/],
    ['a listing that unpacks to 64 MB', t.answers('/tree/', (r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(2 ** 26)))), /more than 16777216 bytes/],
    ['endless pages', t.answers('/tree/', (r, { url }) => t.json(r, [], { link: `<${url}1>; rel="next"` })), /listing is endless/],
    ['a page that links to itself', t.answers('/tree/', (r, { url }) => t.json(r, [], { link: `<${url}>; rel="next"` })), /listing is endless/],
    ['a next page on another host', (w) => t.answers('/tree/', (r) => t.json(r, [], { link: `<${w.other.url}/?a>; rel="next"` }))(w), /listing is endless/, check.notAsked],
    ['a second page', t.pages, 'ok'],
  ],
  'revisions and ids from the user': [
    ['a revision with ..', c.option({ revision: '../../../canary' }), invalid(/^revision is ".*": give a branch/)],
    ['a revision with NUL', c.option({ revision: 'a\0b' }), invalid(/revision/)],
    ['an empty revision', c.option({ revision: '' }), invalid(/revision/)],
    ['a revision with a drive', c.option({ revision: 'C:main' }), invalid(/revision/)],
    ['a pull request’s revision', c.option({ revision: 'refs/pr/1' }), 'ok'],
    ['an id with ..', c.named('../canary'), invalid(/not a hub id/)],
    ['an id with the cache’s separator', c.named('a--b/c'), invalid(/not a hub id/)],
  ],
  'links out of the cache': [
    ['blobs', c.planted('elsewhere', (w) => `${w.repo}/blobs`), ['io', /blobs is a link/]],
    ['snapshots', c.planted('elsewhere', (w) => `${w.repo}/snapshots`), ['io', /snapshots is a link/]],
    ['a snapshot', c.planted('elsewhere', snapshotPath), ['io', /is a link/]],
    ['refs', c.planted('elsewhere', (w) => `${w.repo}/refs`), ['io', /refs is a link/]],
    ['the repository', c.planted('elsewhere', (w) => w.repo), ['io', /is a link/]],
    ['the locks', c.planted('elsewhere', () => 'hub/.locks'), ['io', /is a link/]],
    ['the record of verified files', c.planted('elsewhere', (w) => `${w.repo}/.clipseg`), ['io', /is a link/]],
    ['a file of the snapshot', c.planted('canary', (w) => snapshotPath(w, 'config.json')), 'ok'],
    ['a file that the hub does not list', c.planted('canary', (w) => snapshotPath(w, 'tokenizer.json')), ['io', /tokenizer.json is a link that leads out/]],
    ['a manifest that it does not list', c.planted('canary', (w) => snapshotPath(w, 'clipseg.json')), ['io', /clipseg.json is a link that leads out/]],
    ['weights of another name than it lists', c.all(c.cached(), c.planted('canary', (w) => snapshotPath(w, 'pytorch_model.bin')), c.unreachable), ['io', /is a link that leads out/]],
    ['one form of the tokenizer, offline', c.all(c.cached((w) => w.write(snapshotPath(w, 'tokenizer.json'), '{}'), c.planted('canary', (w) => snapshotPath(w, 'vocab.json')), c.offline)), ['io', /vocab.json is a link that leads out/]],
    ['a dangling link that is not read', c.planted('nothing', (w) => snapshotPath(w, 'notes.md')), 'ok'],
    ['a blob', c.planted('canary', c.blobOf(BIG)), 'ok'],
    ['a partial blob', c.planted('canary', c.partOf(BIG)), 'ok'],
    ['a partial blob with two hard links', c.planted('canary', c.partOf(BIG), c.hardLink), 'ok'],
    ['a ref', c.planted('canary', (w) => `${w.repo}/refs/main`), 'ok'],
    ['the cache folder itself, which may be a link', c.linkedCache, 'ok'],
  ],
  'redirects and the token': [
    ['contents on another host', t.presigned(), 'ok', check.asked],
    ['the same with a CDN header', t.presigned({ 'x-cache': 'Hit from cloudfront' }), 'ok', check.asked],
    ['the same, resumed', c.all(t.presigned(), t.breaks), 'ok', check.ranged],
    ['the listing on another host', (w) => t.answers('/tree/', (r) => r.writeHead(307, { location: `${w.other.url}/` }).end())(w), ['not-found', /404/], check.asked],
    ['to another host and back', t.backAndForth, 'ok', check.tokenNotBack],
    ['to another path of the hub', t.serves(({ response }) => response.writeHead(307, { location: '/moved' }).end()), ['not-found', /does not have its content/], check.tokenIs(TOKEN)],
    ['endless', t.redirects(`/someone/some-model/resolve/${COMMIT}/${BIG}`), /redirects endlessly/],
    ['without a location', t.redirects(undefined), /without a valid location/],
    ['to a file', t.redirects('file:///etc/passwd'), /redirects to a file: address/],
    ['to a metadata service', t.redirects('http://169.254.169.254/latest'), /a private address/],
    ['the same as a number', t.redirects('http://2852039166/latest'), /a private address/],
    ['the same in IPv6', t.redirects('http://[::ffff:a9fe:a9fe]/'), /a private address/],
    ['to a multicast address', t.redirects('http://224.0.0.1/'), /a private address/],
    ['a public hub to its CDN', t.publicHub('https://cdn.example/FILE'), 'ok', check.asked],
    ['a public hub to 127.0.0.1', t.publicHub('https://127.0.0.1/FILE'), /a private address/, check.notAsked],
    ['a public hub to localhost', t.publicHub('https://localhost/FILE'), /a private address/, check.notAsked],
    ['a public hub to a name below it', t.publicHub('https://x.localhost./FILE'), /a private address/, check.notAsked],
    ['a public hub to [::1]', t.publicHub('https://[::1]/FILE'), /a private address/, check.notAsked],
    ['a public hub to 0x7f.1', t.publicHub('https://0x7f.1/FILE'), /a private address/, check.notAsked],
    ['a public hub to 0177.0.0.01', t.publicHub('https://0177.0.0.01/FILE'), /a private address/, check.notAsked],
    ['a public hub to 0.0.0.0', t.publicHub('https://0.0.0.0/FILE'), /a private address/, check.notAsked],
    ['a public hub to 10.0.0.1', t.publicHub('https://10.0.0.1/FILE'), /a private address/, check.notAsked],
    ['a public hub to a local IPv6', t.publicHub('https://[fd00::1]/FILE'), /a private address/, check.notAsked],
    ['a public hub to NAT64 of 10.0.0.1', t.publicHub('https://[64:ff9b::a00:1]/FILE'), /a private address/, check.notAsked],
    ['a public hub without encryption', t.publicHub('http://cdn.example/FILE'), /without encryption/, check.notAsked],
    ['a fetch that hides redirects', c.option({ fetch: t.opaque }), /hides the targets of redirects/],
  ],
  tokens: [
    ['a token that does not start with hf_', c.option({ token: 'abc.def' }), 'ok', check.tokenIs('abc.def')],
    ['HF_TOKEN', c.all(c.option({ token: undefined }), c.env({ HF_TOKEN: 'a-token' })), 'ok', check.tokenIs('a-token')],
    ['HUGGING_FACE_HUB_TOKEN', c.all(c.option({ token: undefined }), c.env({ HUGGING_FACE_HUB_TOKEN: 'old' })), 'ok', check.tokenIs('old')],
    ['an empty variable is skipped', c.all(c.option({ token: undefined }), c.env({ HF_TOKEN: ' ', HUGGING_FACE_HUB_TOKEN: 'old' })), 'ok', check.tokenIs('old')],
    ['from a file', c.all(c.option({ token: undefined }), (w) => w.write('tok', 'filed\n'), c.env((w) => ({ HF_TOKEN_PATH: w.path('tok') }))), 'ok', check.tokenIs('filed')],
    ['with a line break and quotes', c.option({ token: '"quoted"\r\n' }), 'ok', check.tokenIs('quoted')],
    ['with a line break within', c.option({ token: 'a\nX-Other: b' }), invalid(/^token has characters/)],
    ['none', c.option({ token: undefined }), 'ok', check.tokenIs(undefined)],
  ],
  'contents that differ from the listing': [
    ['too long, with its length', t.serves(({ bytes, response }) => response.end(Buffer.concat([bytes, bytes]))), /longer than the 300000 bytes/],
    ['endless', t.serves(t.endless), /longer than the 300000 bytes/],
    ['a gzip bomb', t.serves(t.gzipped(Buffer.alloc(2 ** 26))), /longer than the 300000 bytes/],
    ['gzipped by a proxy', t.serves(t.gzipped()), 'ok'],
    ['too short, always', t.serves(t.half('breaks')), /broke off/, check.kept],
    ['damaged weights', t.serves(({ bytes, response }) => response.end(bytes.fill(1, 7, 8))), /model.safetensors was damaged/],
    ['a configuration with another mean', (w) => void w.hub.replaced.set('preprocessor_config.json', Buffer.from('{"image_mean":[9.485,0.456,0.406]}')), /preprocessor_config.json was damaged/],
    ['missing', t.serves(({ response }) => response.writeHead(404).end()), ['not-found', /lists model.safetensors of .* but does not have its content \(404\)/]],
  ],
  'connections that fail': [
    ['never any headers', hasty(t.answers('/revision/', () => {})), /no data for 0.2 s/, check.waited(/no data for 0.2 s; retry in 1 s/)],
    ['no headers for a file, once', hasty(t.serves(() => {}, { times: 1 })), 'ok'],
    ['a byte from time to time', hasty(t.serves(t.drip)), /no data for 0.2 s/, check.kept],
    ['a stall in the middle, once', hasty(t.serves(t.half('stops'), { times: 1 })), 'ok', check.ranged],
    ['broken off in the middle, twice', t.breaks, 'ok', check.ranged],
    ['broken off, without ranges', c.all(t.serves(t.half('breaks'), { times: 1 }), t.withoutRanges), 'ok'],
    ['a range other than requested, once', c.all(c.leftover((b) => b.subarray(0, 99)), t.serves(t.otherPart, { times: 1 })), 'ok'],
    ['a range other than requested, always', c.all(c.leftover((b) => b.subarray(0, 99)), t.serves(t.otherPart)), /a range other than/],
    ['a range that cannot be satisfied', c.all(c.leftover((b) => b.subarray(0, 99)), t.serves(({ response }) => response.writeHead(416).end(), { times: 1 })), 'ok'],
    ['a partial file of an earlier run', c.leftover((b) => b.subarray(0, 200_000)), 'ok', check.ranged],
    ['a partial file with wrong content', c.leftover((b) => Buffer.alloc(b.length / 2)), 'ok'],
    ['a partial file that is too long', c.leftover((b) => Buffer.alloc(b.length * 2)), 'ok'],
    ['a partial file that is complete', c.leftover((b) => b), 'ok', check.fetched('config.json', 'preprocessor_config.json', 'vocab.json', 'merges.txt')],
    ['busy once', t.busy({ 'retry-after': '0' }), 'ok'],
    ['busy for a second', t.busy({ 'retry-after': '1' }), 'ok', check.waited(/it answers 503; retry in 1 s/)],
    ['busy until a date', t.busy({ 'retry-after': () => new Date(Date.now() + 1500).toUTCString() }), 'ok'],
    ['busy for a day', t.status503('86400'), /asks to wait for 86400 s/],
    ['an abort in the middle', t.abortedHalfWay, ['aborted', /was aborted/], check.kept],
  ],
  'messages for refusals': [
    ['401 without a token', c.all(c.option({ token: undefined }), t.status('/revision/', 401)), /no local folder someone\/some-model.*private, gated or does not exist.*HF_TOKEN/],
    ['401 with a token', t.status('/revision/', 401), /the token is not accepted/],
    ['403 for a gated model', t.status('/resolve/', 403, { 'x-error-code': 'GatedRepo' }), /gated. Accept its terms at http.*someone\/some-model/],
    ['403 for a disabled model', t.status('/revision/', 403, { 'x-error-code': 'DisabledRepo' }), /disabled/],
    ['404', t.status('/revision/', 404), ['not-found', /no local folder someone\/some-model, and the hub has no model/]],
    ['404 for a file', t.status('/resolve/', 404), ['not-found', /config.json .* does not have its content/]],
    ['401 for a file', t.status('/resolve/', 401), /^config.json: .*\(401\).*HF_TOKEN/],
    ['500', t.status('/revision/', 500), /it answers 500. Try again later/],
    ['500 for a file', t.status('/resolve/', 500), /config.json.*it answers 500/],
    ['429', t.status('/revision/', 429), /too many requests \(429\).*HF_TOKEN/],
    ['a message from the hub', t.status('/revision/', 418, { 'x-error-message': 'only "tea"' }), /it answers 418 \("only \\"tea\\""\)/],
    ['an unreachable hub', c.unreachable, /ECONNREFUSED.*Check the connection/],
  ],
  'a filled cache': [
    ['is used', c.cached(), 'ok', check.noContent],
    ['offline', c.cached(c.offline), 'ok', check.noRequest],
    ['offline, and empty', c.offline, /is not in the cache .*HF_HUB_OFFLINE/, check.noRequest],
    ['for a commit', c.cached(c.pinned), 'ok', check.noRequest],
    ['for a commit without tokenizer files', c.cached(c.removed('vocab.json', 'merges.txt'), c.pinned), 'ok', check.noContent],
    ['the same, offline', c.cached(c.removed('vocab.json'), c.pinned, c.offline), /lacks vocab.json/, check.noRequest],
    ['without preprocessor_config.json, offline', c.cached(c.removed('preprocessor_config.json'), c.offline), /lacks preprocessor_config.json/],
    ['shards, offline', c.all(t.sharded(), c.cached(c.offline)), 'ok', check.noRequest],
    ['with a missing shard, offline', c.all(t.sharded(), c.cached(c.removed('model-00002-of-00002.safetensors'), c.offline)), /lacks model-00002-of-00002.safetensors/],
    ['a damaged configuration', c.cached(c.damaged('config.json')), 'ok', check.fetched('config.json')],
    ['the same, offline', c.cached(c.damaged('config.json'), c.offline), /has damaged files \(config.json\).*offline/, check.noRequest],
    ['the same, for a commit', c.cached(c.damaged('config.json'), c.pinned), 'ok', check.fetched('config.json')],
    ['damaged weights', c.cached(c.damaged(BIG)), 'ok', check.fetched(BIG)],
    ['a truncated file', c.cached((w) => w.write(c.blobOf(BIG)(w), 'short')), 'ok', check.fetched(BIG)],
    ['with copies instead of links, offline', c.cached(c.copies, c.offline), 'ok', check.noRequest],
    ['with copies instead of links', c.cached(c.copies), 'ok', check.noContent],
    ['an invalid ref', c.cached((w) => w.write(`${w.repo}/refs/main`, '../../../canary')), 'ok', check.noContent],
    ['the same, offline', c.cached((w) => w.write(`${w.repo}/refs/main`, '../../../canary'), c.offline), /not in the cache/],
    ['when the hub is unreachable', c.cached(c.unreachable), 'ok'],
    ['behind a login page', c.cached(t.answers('/', (r) => t.json(r, '<html>Sign in'))), 'ok'],
    ['when the hub is busy', c.cached(t.status('/', 503)), 'ok'],
    ['when the hub refuses', c.cached(t.status('/', 403)), /refuses/],
    ['incomplete when the hub is unreachable', c.cached(c.removed('merges.txt'), c.unreachable), /Without the hub, its copy .* lacks merges.txt/],
  ],
  'several processes': [
    ['a lock of a killed process', c.lockedByDead, 'ok', quick],
    ['a lock from another machine, not touched for long', c.lockedElsewhere(31), 'ok', quick],
    ['a held lock', c.locked, 'ok', check.waited(/process \d+ is fetching it/)],
    ['a lock from another machine, and an abort', c.all(c.lockedElsewhere(1), c.abortsAfter(150)), ['aborted', /was aborted/], heldStill],
    ['three at once', c.crowd, 'ok', check.fetched('config.json', 'preprocessor_config.json', 'vocab.json', 'merges.txt', BIG)],
  ],
  proxies: [
    ['HTTP_PROXY', viaProxy('HTTP_PROXY'), 'ok', check.through('hub.test:80')],
    ['http_proxy', viaProxy('http_proxy'), 'ok', check.through('hub.test:80')],
    ['without a scheme', viaProxy('HTTP_PROXY', ''), 'ok', check.through('hub.test:80')],
    ['with a user', viaProxy('HTTP_PROXY', 'http://me:secret@'), 'ok', check.through('me:secret@hub.test:80')],
    ['HTTPS_PROXY', viaProxy('HTTPS_PROXY', 'http://', 'https://away.test'), /Proxy response \(502\)/, check.through('away.test:443')],
    ['a proxy that does not tunnel', viaProxy('HTTP_PROXY', 'http://', 'http://mirror.test'), 'ok', whole],
    ['a proxy that requires a user', viaProxy('HTTP_PROXY', 'http://', 'http://closed.test'), /the proxy requires a user name/],
    ['NO_PROXY', c.all(c.env((w) => ({ HTTP_PROXY: w.proxy.host, NO_PROXY: 'x.test,127.0.0.1' }))), 'ok', check.through()],
    ['no_proxy=*', c.all(c.env((w) => ({ HTTP_PROXY: w.proxy.host, no_proxy: '*' }))), 'ok', check.through()],
    ['an invalid URL', c.env({ HTTP_PROXY: 'http://a b' }), invalid(/^HTTP_PROXY is not the URL of a proxy/)],
    ['an empty variable', c.env({ HTTP_PROXY: '', http_proxy: ' ' }), 'ok', check.through()],
  ],
  'the environment': [
    ['an empty HF_ENDPOINT', c.all(c.option({ endpoint: 'HUB' }), c.env({ HF_ENDPOINT: '' }), t.hubAsOption), 'ok'],
    ['HF_ENDPOINT without a scheme', c.all(c.option({ endpoint: undefined }), c.env((w) => ({ HF_ENDPOINT: w.hub.url.slice(7) }))), 'ok'],
    ['HF_ENDPOINT with slashes', c.all(c.option({ endpoint: undefined }), c.env((w) => ({ HF_ENDPOINT: `${w.hub.url}//` }))), 'ok'],
    ['an endpoint that is not http', c.option({ endpoint: 'ftp://x' }), invalid(/neither http nor https/)],
    ['an endpoint with a password', c.option({ endpoint: 'http://a:b@x' }), invalid(/password: use a token/)],
    ['TRANSFORMERS_OFFLINE', c.env({ TRANSFORMERS_OFFLINE: '1' }), /offline mode/, check.noRequest],
    ['HF_HUB_OFFLINE=0 takes precedence', c.env({ HF_HUB_OFFLINE: '0', TRANSFORMERS_OFFLINE: '1' }), 'ok'],
    ['HF_HOME with ~', c.all(c.option({ cacheDir: undefined }), c.env((w) => ({ HF_HOME: '~/', HOME: w.root }))), 'ok'],
    ['a time-out given as text', c.option({ stallTimeoutMs: '1' }), invalid(/stallTimeoutMs is "1"/)],
    ['a token that is an object', c.option({ token: { toString: 1 } }), invalid(/^hub\.token is object, not a string/)],
    ['a token that is null', c.option({ token: null }), invalid(/^hub\.token is null, not a string/)],
    ['offline given as text', c.option({ offline: 'false' }), invalid(/^hub\.offline is string, not a boolean/)],
    ['a folder that is a file', c.option({ cacheDir: '/dev/null' }), ['io', /cannot be stored in \/dev\/null/]],
  ],
};

let servers: Servers;
let world: World;
let started = 0;
beforeAll(async () => {
  servers = await createServers();
});
afterAll(() => servers.close());
afterEach(async () => {
  vi.unstubAllEnvs();
  await removeWorld(world);
});

const OURS = /^(HF_|HUGGING|TRANSFORMERS_|https?_proxy$|no_proxy$)/i;

async function prepareWorld(prepare: Prepare): Promise<void> {
  for (const name of Object.keys(process.env)) if (OURS.test(name)) vi.stubEnv(name, undefined);
  world = await createWorld(servers);
  vi.stubEnv('HF_HOME', world.path('hf'));
  await prepare(world);
  for (const [name, value] of Object.entries(world.env)) vi.stubEnv(name, value);
}

async function play(outcome: Outcome, after: check.After | undefined): Promise<void> {
  started = performance.now();
  const result = await world.open().then(
    (folder) => ({ folder }),
    (error) => ({ error }),
  );
  if (outcome === 'ok') {
    if ('error' in result) throw result.error;
    expect(await wrongFiles(result.folder, world.hub)).toEqual([]);
  } else {
    const [code, message] = outcome instanceof RegExp ? ['network', outcome] : outcome;
    expect(result).toMatchObject({ error: { code, message: expect.stringMatching(message) } });
  }
  await world.meanwhile;
  await after?.(world);
  if (after !== check.kept && after !== heldStill) expect(await leftovers(world.root)).toEqual([]);
}

/** Files beside the cache. */
const beside = () => treeOf(world.root, ['hub', 'hub-of-another-disk']);

for (const [group, scenarios] of Object.entries(groups)) {
  describe(group, () => {
    for (const [name, prepare, outcome, after] of scenarios) {
      it(name, async ({ task: { meta } }) => {
        await prepareWorld(prepare);
        const before = beside();
        await play(outcome, after);
        const now = beside();
        const paths = [...new Set([...Object.keys(before), ...Object.keys(now)])];
        meta.outside = paths.filter((path) => before[path] !== now[path]).length;
        meta.tokens = world.other.requests.filter(({ headers }) => headers.authorization).length;
        expect(meta).toMatchObject({ outside: 0, tokens: 0 });
      });
    }
  });
}
