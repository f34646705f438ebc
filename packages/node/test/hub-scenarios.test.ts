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
    /** Files outside the cache that were made, changed or removed. */
    outside?: number;
    /** Requests to another host that carried the token. */
    tokens?: number;
  }
}

/** `ok`: the snapshot is complete and right. Else an error of this code (`network`) and message. */
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
const heldStill: check.After = () => {}; // the lock of another is not ours to remove
const quick: check.After = () => expect(performance.now() - started).toBeLessThan(10_000);
const invalid = (message: RegExp) => ['invalid-argument', message] as const;

// biome-ignore format: one scenario a line
const groups: Record<string, readonly Scenario[]> = {
  'hashes, names and sizes that a listing makes up': [
    ['a hash that leads out of the cache', t.lists({ oid: '../../../../canary' }), /lists "config.json" with the hash/],
    ['the same for a large file', t.lists({ lfs: { oid: '../../../../canary', size: 9 } }, BIG), /with the hash/],
    ['a hash with backslashes', t.lists({ oid: '..\\..\\canary' }), /with the hash/],
    ['a hash in upper case', t.lists({ oid: 'A'.repeat(40) }), /with the hash/],
    ['a hash that is too short', t.lists({ oid: 'a'.repeat(39) }), /with the hash/],
    ['a hash with a line break behind', t.lists({ oid: `${'a'.repeat(40)}\n` }), /with the hash/],
    ['a hash that is a number', t.lists({ oid: 1e39 }), /with the hash/],
    ['no hash', t.lists({ oid: undefined }), /with the hash/],
    ['a large file with a small one’s hash', t.lists({ lfs: { oid: 'a'.repeat(40), size: 9 } }, BIG), /with the hash/],
    ['a path upwards', t.listsToo({ path: '../../canary' }), /lists a file "\.\.\/\.\.\/canary"/],
    ['a path upwards in the middle', t.listsToo({ path: 'a/../../../canary' }), /lists a file/],
    ['an absolute path', t.listsToo({ path: '/tmp/canary' }), /lists a file/],
    ['a path with an empty part', t.listsToo({ path: 'a//b' }), /lists a file/],
    ['a path with NUL', t.listsToo({ path: 'config.json\0.png' }), /lists a file "config.json\\u0000/],
    ['a path that is an object', t.listsToo({ path: { toString: 1 } }), /lists a file \{"toString": 1\}/],
    ['an endless path', t.listsToo({ path: 'x'.repeat(1e5) }), /lists a file "x{60}…"/],
    ['a drive letter, which nothing here reads', t.listsToo({ path: 'C:\\canary' }), 'ok'],
    ['a path with backslashes, which nothing reads', t.listsToo({ path: '..\\..\\canary' }), 'ok'],
    ['a device of Windows, which nothing reads', t.listsToo({ path: 'CON.json' }), 'ok'],
    ['a device of Windows in a folder of ours', t.listsToo({ path: 'clipseg.json' }, { path: 'aux.onnx' }), /"aux.onnx"/],
    ['two names that one file system takes for one', t.listsToo({ path: 'clipseg.json' }, { path: 'VOCAB.json' }), /"VOCAB.json" twice/],
    ['a file twice', t.listsToo({ path: 'config.json' }), /"config.json" twice/],
    ['names of Object’s', t.listsToo({ path: '__proto__' }, { path: 'constructor' }), 'ok'],
    ['a negative size', t.lists({ size: -1 }), /size of -1 bytes/],
    ['a size of 1e300', t.lists({ size: 1e300 }), /size of 1e\+300 bytes/],
    ['a broken size', t.lists({ size: 1.5 }), /size of 1.5 bytes/],
    ['a size as text', t.lists({ size: '24' }), /size of "24" bytes/],
    ['no size', t.lists({ size: null }), /size of null bytes/],
    ['a configuration of a gigabyte', t.lists({ size: 2 ** 30 }), /up to 67108864 are taken/],
    ['a shard that its index leads out with', t.sharded({ a: '../../../canary' }), ['invalid-checkpoint', /no weight_map of names to files/]],
    ['a shard that is not listed', t.sharded({ a: 'model-x.safetensors' }), /does not list "model-x.safetensors"/],
  ],
  'answers that make no sense': [
    ['a commit that leads out', t.answers('/revision/', (r) => t.json(r, { sha: '../../../canary' })), /as the commit/],
    ['a commit of 64 digits', t.answers('/revision/', (r) => t.json(r, { sha: 'a'.repeat(64) })), /as the commit/],
    ['no commit', t.answers('/revision/', (r) => t.json(r, 'null')), /names undefined as the commit/],
    ['a login page', t.answers('/revision/', (r) => t.json(r, '<html>Sign in')), /not JSON \(a login page\?\)/],
    ['a listing that is not a list', t.answers('/tree/', (r) => t.json(r, {})), /not a list/],
    ['a listing of nothing', t.answers('/tree/', (r) => t.json(r, [null])), /lists a file undefined/],
    ['a listing of lists within lists', t.answers('/tree/', (r) => t.json(r, '['.repeat(1e5) + ']'.repeat(1e5))), /lists a file undefined/],
    ['a listing of 20 MB', t.answers('/tree/', (r) => t.json(r, `["${'x'.repeat(2e7)}"]`)), /more than 16777216 bytes/],
    ['a listing that unpacks to 64 MB', t.answers('/tree/', (r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(2 ** 26)))), /more than 16777216 bytes/],
    ['pages without end', t.answers('/tree/', (r, { url }) => t.json(r, [], { link: `<${url}1>; rel="next"` })), /listing has no end/],
    ['a page that is its own next', t.answers('/tree/', (r, { url }) => t.json(r, [], { link: `<${url}>; rel="next"` })), /listing has no end/],
    ['a next page at another host', (w) => t.answers('/tree/', (r) => t.json(r, [], { link: `<${w.other.url}/?a>; rel="next"` }))(w), /listing has no end/, check.notAsked],
    ['a second page', t.pages, 'ok'],
  ],
  'revisions and names that a user gives': [
    ['a revision upwards', c.option({ revision: '../../../canary' }), invalid(/^revision is ".*": give a branch/)],
    ['a revision with NUL', c.option({ revision: 'a\0b' }), invalid(/revision/)],
    ['an empty revision', c.option({ revision: '' }), invalid(/revision/)],
    ['a revision with a drive', c.option({ revision: 'C:main' }), invalid(/revision/)],
    ['a pull request’s revision', c.option({ revision: 'refs/pr/1' }), 'ok'],
    ['a name upwards', c.named('../canary'), invalid(/not a hub id/)],
    ['a name that is two in the cache', c.named('a--b/c'), invalid(/not a hub id/)],
  ],
  'links in the cache that lead out of it': [
    ['blobs', c.planted('elsewhere', (w) => `${w.repo}/blobs`), ['io', /blobs is a link/]],
    ['snapshots', c.planted('elsewhere', (w) => `${w.repo}/snapshots`), ['io', /snapshots is a link/]],
    ['a snapshot', c.planted('elsewhere', snapshotPath), ['io', /is a link/]],
    ['refs', c.planted('elsewhere', (w) => `${w.repo}/refs`), ['io', /refs is a link/]],
    ['the repository', c.planted('elsewhere', (w) => w.repo), ['io', /is a link/]],
    ['the locks', c.planted('elsewhere', () => 'hub/.locks'), ['io', /is a link/]],
    ['what is kept in mind', c.planted('elsewhere', (w) => `${w.repo}/.clipseg`), ['io', /is a link/]],
    ['a file of the snapshot', c.planted('canary', (w) => snapshotPath(w, 'config.json')), 'ok'],
    ['a file that the hub does not list', c.planted('canary', (w) => snapshotPath(w, 'tokenizer.json')), ['io', /tokenizer.json is a link that leads out/]],
    ['a manifest of ours that it does not list', c.planted('canary', (w) => snapshotPath(w, 'clipseg.json')), ['io', /clipseg.json is a link that leads out/]],
    ['weights of another name than it lists', c.all(c.cached(), c.planted('canary', (w) => snapshotPath(w, 'pytorch_model.bin')), c.unreachable), ['io', /is a link that leads out/]],
    ['one form of the tokenizer, offline', c.all(c.cached((w) => w.write(snapshotPath(w, 'tokenizer.json'), '{}'), c.planted('canary', (w) => snapshotPath(w, 'vocab.json')), c.offline)), ['io', /vocab.json is a link that leads out/]],
    ['a link to nothing, which nothing reads', c.planted('nothing', (w) => snapshotPath(w, 'notes.md')), 'ok'],
    ['a blob', c.planted('canary', c.blobOf(BIG)), 'ok'],
    ['a blob on its way', c.planted('canary', c.partOf(BIG)), 'ok'],
    ['a blob on its way with two names', c.planted('canary', c.partOf(BIG), c.hardLink), 'ok'],
    ['a ref', c.planted('canary', (w) => `${w.repo}/refs/main`), 'ok'],
    ['the whole cache, as its owner wants it', c.linkedCache, 'ok'],
  ],
  'redirects, and where the token goes': [
    ['contents at another host', t.presigned(), 'ok', check.asked],
    ['the same through a cache’s header', t.presigned({ 'x-cache': 'Hit from cloudfront' }), 'ok', check.asked],
    ['the same, resumed', c.all(t.presigned(), t.breaks), 'ok', check.ranged],
    ['the listing at another host', (w) => t.answers('/tree/', (r) => r.writeHead(307, { location: `${w.other.url}/` }).end())(w), ['not-found', /404/], check.asked],
    ['to another host and back', t.backAndForth, 'ok', check.tokenNotBack],
    ['to another path of the hub', t.serves(({ response }) => response.writeHead(307, { location: '/moved' }).end()), ['not-found', /does not have its content/], check.tokenIs(TOKEN)],
    ['without end', t.redirects(`/someone/some-model/resolve/${COMMIT}/${BIG}`), /redirects without end/],
    ['without an address', t.redirects(undefined), /without saying where/],
    ['to a file', t.redirects('file:///etc/passwd'), /on to a file: address/],
    ['to a metadata service', t.redirects('http://169.254.169.254/latest'), /a private address/],
    ['the same as a number', t.redirects('http://2852039166/latest'), /a private address/],
    ['the same within IPv6', t.redirects('http://[::ffff:a9fe:a9fe]/'), /a private address/],
    ['to everyone in the network', t.redirects('http://224.0.0.1/'), /a private address/],
    ['a public hub to its contents', t.publicHub('https://cdn.example/FILE'), 'ok', check.asked],
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
    ['a fetch that hides redirects', c.option({ fetch: t.opaque }), /hides where redirects lead/],
  ],
  tokens: [
    ['one that does not begin with hf_', c.option({ token: 'abc.def' }), 'ok', check.tokenIs('abc.def')],
    ['HF_TOKEN', c.all(c.option({ token: undefined }), c.env({ HF_TOKEN: 'a-token' })), 'ok', check.tokenIs('a-token')],
    ['HUGGING_FACE_HUB_TOKEN', c.all(c.option({ token: undefined }), c.env({ HUGGING_FACE_HUB_TOKEN: 'old' })), 'ok', check.tokenIs('old')],
    ['an empty one gives way', c.all(c.option({ token: undefined }), c.env({ HF_TOKEN: ' ', HUGGING_FACE_HUB_TOKEN: 'old' })), 'ok', check.tokenIs('old')],
    ['of a file', c.all(c.option({ token: undefined }), (w) => w.write('tok', 'filed\n'), c.env((w) => ({ HF_TOKEN_PATH: w.path('tok') }))), 'ok', check.tokenIs('filed')],
    ['with a line break and quotes', c.option({ token: '"quoted"\r\n' }), 'ok', check.tokenIs('quoted')],
    ['with a line break within', c.option({ token: 'a\nX-Other: b' }), invalid(/^token holds characters/)],
    ['none', c.option({ token: undefined }), 'ok', check.tokenIs(undefined)],
  ],
  'contents that are not what is listed': [
    ['too long, and saying so', t.serves(({ bytes, response }) => response.end(Buffer.concat([bytes, bytes]))), /longer than the 300000 bytes/],
    ['too long without end', t.serves(t.endless), /longer than the 300000 bytes/],
    ['unpacking to more', t.serves(t.gzipped(Buffer.alloc(2 ** 26))), /longer than the 300000 bytes/],
    ['packed by a proxy', t.serves(t.gzipped()), 'ok'],
    ['too short, always', t.serves(t.half('breaks')), /broke off/, check.kept],
    ['damaged weights', t.serves(({ bytes, response }) => response.end(bytes.fill(1, 7, 8))), /model.safetensors arrived damaged/],
    ['another mean in a configuration', (w) => void w.hub.replaced.set('preprocessor_config.json', Buffer.from('{"image_mean":[9.485,0.456,0.406]}')), /preprocessor_config.json arrived damaged/],
    ['not there', t.serves(({ response }) => response.writeHead(404).end()), ['not-found', /lists model.safetensors of .* but does not have its content \(404\)/]],
  ],
  'connections that fail': [
    ['no headers, ever', hasty(t.answers('/revision/', () => {})), /nothing came for 0.2 s/, check.waited(/nothing came for 0.2 s; again in 1 s/)],
    ['no headers of a content, once', hasty(t.serves(() => {}, { times: 1 })), 'ok'],
    ['a byte now and then', hasty(t.serves(t.drip)), /nothing came for 0.2 s/, check.kept],
    ['nothing more in the middle, once', hasty(t.serves(t.half('stops'), { times: 1 })), 'ok', check.ranged],
    ['broken off in the middle, twice', t.breaks, 'ok', check.ranged],
    ['broken off, without ranges', c.all(t.serves(t.half('breaks'), { times: 1 }), t.withoutRanges), 'ok'],
    ['another part than asked for, once', c.all(c.leftover((b) => b.subarray(0, 99)), t.serves(t.otherPart, { times: 1 })), 'ok'],
    ['another part, always', c.all(c.leftover((b) => b.subarray(0, 99)), t.serves(t.otherPart)), /another part/],
    ['no rest to give', c.all(c.leftover((b) => b.subarray(0, 99)), t.serves(({ response }) => response.writeHead(416).end(), { times: 1 })), 'ok'],
    ['a rest of a former run', c.leftover((b) => b.subarray(0, 200_000)), 'ok', check.ranged],
    ['a rest that is wrong', c.leftover((b) => Buffer.alloc(b.length / 2)), 'ok'],
    ['a rest that is too long', c.leftover((b) => Buffer.alloc(b.length * 2)), 'ok'],
    ['a rest that is all', c.leftover((b) => b), 'ok', check.fetched('config.json', 'preprocessor_config.json', 'vocab.json', 'merges.txt')],
    ['busy once', t.busy({ 'retry-after': '0' }), 'ok'],
    ['busy for a second', t.busy({ 'retry-after': '1' }), 'ok', check.waited(/it answers 503; again in 1 s/)],
    ['busy until a date', t.busy({ 'retry-after': () => new Date(Date.now() + 1500).toUTCString() }), 'ok'],
    ['busy for a day', t.status503('86400'), /asks to wait for 86400 s/],
    ['a signal in the middle', t.abortedHalfWay, ['aborted', /was aborted/], check.kept],
  ],
  'refusals, in words': [
    ['401 without a token', c.all(c.option({ token: undefined }), t.status('/revision/', 401)), /no folder someone\/some-model here.*private, gated or does not exist.*HF_TOKEN/],
    ['401 with a token', t.status('/revision/', 401), /the token is not accepted/],
    ['403 of a gated model', t.status('/resolve/', 403, { 'x-error-code': 'GatedRepo' }), /gated. Accept its terms at http.*someone\/some-model/],
    ['403 of a disabled one', t.status('/revision/', 403, { 'x-error-code': 'DisabledRepo' }), /disabled/],
    ['404', t.status('/revision/', 404), ['not-found', /no folder someone\/some-model here, and the hub has no model/]],
    ['404 of a content', t.status('/resolve/', 404), ['not-found', /config.json .* does not have its content/]],
    ['401 of a content', t.status('/resolve/', 401), /^config.json: .*\(401\).*HF_TOKEN/],
    ['500', t.status('/revision/', 500), /it answers 500. Try again later/],
    ['500 of a content', t.status('/resolve/', 500), /config.json.*it answers 500/],
    ['429', t.status('/revision/', 429), /too many requests \(429\).*HF_TOKEN/],
    ['a message of the hub', t.status('/revision/', 418, { 'x-error-message': 'only "tea"' }), /it answers 418 \("only \\"tea\\""\)/],
    ['no hub', c.unreachable, /ECONNREFUSED.*Check the connection/],
  ],
  'a cache that is there': [
    ['of before', c.cached(), 'ok', check.noContent],
    ['offline', c.cached(c.offline), 'ok', check.noRequest],
    ['offline, and empty', c.offline, /is not in the cache .*HF_HUB_OFFLINE/, check.noRequest],
    ['a commit', c.cached(c.pinned), 'ok', check.noRequest],
    ['a commit without tokenizer files', c.cached(c.removed('vocab.json', 'merges.txt'), c.pinned), 'ok', check.noContent],
    ['the same, offline', c.cached(c.removed('vocab.json'), c.pinned, c.offline), /lacks vocab.json/, check.noRequest],
    ['without a preprocessor’s file, offline', c.cached(c.removed('preprocessor_config.json'), c.offline), /lacks preprocessor_config.json/],
    ['shards, offline', c.all(t.sharded(), c.cached(c.offline)), 'ok', check.noRequest],
    ['a shard short, offline', c.all(t.sharded(), c.cached(c.removed('model-00002-of-00002.safetensors'), c.offline)), /lacks model-00002-of-00002.safetensors/],
    ['a damaged configuration', c.cached(c.damaged('config.json')), 'ok', check.fetched('config.json')],
    ['the same, offline', c.cached(c.damaged('config.json'), c.offline), /has config.json damaged.*offline/, check.noRequest],
    ['the same, of a commit', c.cached(c.damaged('config.json'), c.pinned), 'ok', check.fetched('config.json')],
    ['damaged weights', c.cached(c.damaged(BIG)), 'ok', check.fetched(BIG)],
    ['a truncated file', c.cached((w) => w.write(c.blobOf(BIG)(w), 'short')), 'ok', check.fetched(BIG)],
    ['with copies for links, offline', c.cached(c.copies, c.offline), 'ok', check.noRequest],
    ['with copies for links', c.cached(c.copies), 'ok', check.noContent],
    ['a ref that is nonsense', c.cached((w) => w.write(`${w.repo}/refs/main`, '../../../canary')), 'ok', check.noContent],
    ['the same, offline', c.cached((w) => w.write(`${w.repo}/refs/main`, '../../../canary'), c.offline), /not in the cache/],
    ['when the hub is gone', c.cached(c.unreachable), 'ok'],
    ['behind a login page', c.cached(t.answers('/', (r) => t.json(r, '<html>Sign in'))), 'ok'],
    ['when the hub is busy', c.cached(t.status('/', 503)), 'ok'],
    ['when the hub refuses', c.cached(t.status('/', 403)), /refuses/],
    ['incomplete when the hub is gone', c.cached(c.removed('merges.txt'), c.unreachable), /Without the hub, its copy .* lacks merges.txt/],
  ],
  'several processes': [
    ['a lock of one that was killed', c.lockedByDead, 'ok', quick],
    ['a lock of another machine, long untouched', c.lockedElsewhere(31), 'ok', quick],
    ['a lock that is held', c.locked, 'ok', check.waited(/process \d+ is fetching it/)],
    ['a lock of another machine, and no patience', c.all(c.lockedElsewhere(1), c.abortsAfter(150)), ['aborted', /was aborted/], heldStill],
    ['three at once', c.crowd, 'ok', check.fetched('config.json', 'preprocessor_config.json', 'vocab.json', 'merges.txt', BIG)],
  ],
  proxies: [
    ['HTTP_PROXY', viaProxy('HTTP_PROXY'), 'ok', check.through('hub.test:80')],
    ['http_proxy', viaProxy('http_proxy'), 'ok', check.through('hub.test:80')],
    ['without a scheme', viaProxy('HTTP_PROXY', ''), 'ok', check.through('hub.test:80')],
    ['with a user', viaProxy('HTTP_PROXY', 'http://me:secret@'), 'ok', check.through('me:secret@hub.test:80')],
    ['HTTPS_PROXY', viaProxy('HTTPS_PROXY', 'http://', 'https://away.test'), /Proxy response \(502\)/, check.through('away.test:443')],
    ['one that does not tunnel', viaProxy('HTTP_PROXY', 'http://', 'http://mirror.test'), 'ok', whole],
    ['one that wants a user', viaProxy('HTTP_PROXY', 'http://', 'http://closed.test'), /the proxy wants a user name/],
    ['NO_PROXY', c.all(c.env((w) => ({ HTTP_PROXY: w.proxy.host, NO_PROXY: 'x.test,127.0.0.1' }))), 'ok', check.through()],
    ['no_proxy=*', c.all(c.env((w) => ({ HTTP_PROXY: w.proxy.host, no_proxy: '*' }))), 'ok', check.through()],
    ['one that is no URL', c.env({ HTTP_PROXY: 'http://a b' }), invalid(/^HTTP_PROXY is not the URL of a proxy/)],
    ['an empty one', c.env({ HTTP_PROXY: '', http_proxy: ' ' }), 'ok', check.through()],
  ],
  'the environment': [
    ['an empty HF_ENDPOINT', c.all(c.option({ endpoint: 'HUB' }), c.env({ HF_ENDPOINT: '' }), t.hubAsOption), 'ok'],
    ['HF_ENDPOINT without a scheme', c.all(c.option({ endpoint: undefined }), c.env((w) => ({ HF_ENDPOINT: w.hub.url.slice(7) }))), 'ok'],
    ['HF_ENDPOINT with slashes', c.all(c.option({ endpoint: undefined }), c.env((w) => ({ HF_ENDPOINT: `${w.hub.url}//` }))), 'ok'],
    ['an endpoint of another kind', c.option({ endpoint: 'ftp://x' }), invalid(/neither http nor https/)],
    ['an endpoint with a password', c.option({ endpoint: 'http://a:b@x' }), invalid(/password: use a token/)],
    ['TRANSFORMERS_OFFLINE', c.env({ TRANSFORMERS_OFFLINE: '1' }), /offline mode/, check.noRequest],
    ['HF_HUB_OFFLINE=0 before it', c.env({ HF_HUB_OFFLINE: '0', TRANSFORMERS_OFFLINE: '1' }), 'ok'],
    ['HF_HOME, with ~ and all', c.all(c.option({ hubCacheDir: undefined }), c.env((w) => ({ HF_HOME: '~/', HOME: w.root }))), 'ok'],
    ['a time-out that is text', c.option({ stallTimeoutMs: '1' }), invalid(/stallTimeoutMs is "1"/)],
    ['a token that is an object', c.option({ token: { toString: 1 } }), invalid(/^token is object, not a string/)],
    ['a token that is null', c.option({ token: null }), invalid(/^token is null, not a string/)],
    ['offline as text', c.option({ offline: 'false' }), invalid(/^offline is string, not a boolean/)],
    ['a folder that is a file', c.option({ hubCacheDir: '/dev/null' }), ['io', /cannot be stored in \/dev\/null/]],
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

/** What lies beside the cache. */
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
