import { MANIFEST_FILE } from '@clipseg/core/model';
import { mutateBytes, mutateText } from '../generators/bytes.js';
import { jsonText, mutateJson } from '../generators/json.js';
import { promise, target } from '../target.js';
import { PICTURES } from './images.js';
import { MANIFEST } from './models.js';

// Sources of @clipseg/web that need no browser. Their types are for browsers and do not match those
// of Node, so only the parts used here are declared.

const source = (path: string) =>
  import(new URL(`../../../packages/web/src/${path}.ts`, import.meta.url).href);
const { Host } = (await source('worker/host')) as {
  Host: new (scope: object, extras: object) => object;
};
const { readRecord } = (await source('files/model-records')) as {
  readRecord(
    store: object,
    url: string,
  ): Promise<{ manifest: string; keys: unknown[] } | undefined>;
};
const { modelSpec, filesSpec } = (await source('files/model-spec')) as {
  modelSpec(model: string, hub?: object, base?: string): { kind: string; base?: string };
  filesSpec(files: Iterable<object>): object;
};
const { nodeNames } = (await source('devices/node-names')) as {
  nodeNames(graph: Uint8Array, operator: string): string[];
};
const { pictureSides } = (await source('image/picture-sides')) as {
  pictureSides(bytes: Uint8Array): readonly number[] | undefined;
};
const { unpack } = (await source('main-thread/pack')) as {
  unpack(result: unknown, handles: object): unknown;
};
const { webSource } = (await source('files/web-source')) as {
  webSource(spec: object, options: object): Promise<{ manifest: object }>;
};

const HANDLES = { of: () => undefined, add: () => {} };
const RESULT = {
  $clipseg: 'segmentation',
  data: {
    width: 3,
    height: 2,
    size: [2, 3],
    timings: {},
    maps: [new Float32Array(6)],
    prompts: [{ label: 'p', compose: { op: 'prompt', prompt: 0 } }],
  },
};
const KEPT = {
  features: { dims: [1, 2], data: { $clipseg: 'kept', id: 1, array: new Float32Array(2) } },
};
const CALLS = [
  {
    type: 'call',
    id: 1,
    method: 'segment',
    args: [{ $clipseg: 'kept', id: 1 }, 'a cat', { signal: { $clipseg: 'signal' } }],
  },
  {
    type: 'call',
    id: 2,
    method: 'init',
    args: [{ model: { kind: 'source', name: 'x' }, preload: [], selfCheck: false }],
  },
  { type: 'abort', id: 1 },
  { type: 'release', kept: 1 },
  { type: 'answer', id: 1, value: 3, error: { message: 'x', code: 'io' } },
];
const RECORD = { url: 'http://a/', usedAt: 1, manifest: '{}', keys: ['sha256-a'] };
const SPECS = ['https://a.test/models/x/', 'owner/name', './folder', 'file:///x?y'];
const PARTS = ['/', '?', '#', '..', ':', '\0', ' ', '[', '%', '\\', '@', '😀', 'x'.repeat(2000)];

export const webTargets = [
  target({
    name: 'messages to the worker',
    covers: ['web/src/worker/host.ts', 'web/src/worker/wire.ts'],
    input: (random) => mutateJson(random, random.pick(CALLS)),
    async run(message) {
      let listener: ((event: object) => void) | undefined;
      const scope = {
        postMessage: () => {},
        addEventListener: (_: string, own: (event: object) => void) => {
          listener = own;
        },
      };
      new Host(scope, {});
      // A message is always an object from the page that started the worker.
      if (typeof message === 'object' && message !== null) listener?.({ data: message });
    },
  }),
  target({
    name: 'messages from the worker',
    covers: ['web/src/main-thread/pack.ts'],
    input: (random) => mutateJson(random, random.pick([RESULT, KEPT])),
    run: (result) => unpack(result, HANDLES),
  }),
  target({
    name: 'headers of pictures in a browser',
    covers: ['web/src/image/picture-sides.ts'],
    input: (random) => mutateBytes(random, PICTURES),
    run(bytes) {
      const sides = pictureSides(bytes) ?? [1, 1];
      promise(sides.length === 2 && sides.every((side) => side > 0 && side < 2 ** 53), 'no size');
    },
  }),
  target({
    name: 'manifests as a browser fetches them',
    covers: ['web/src/files/fetch-manifest.ts'],
    weight: 0.2,
    input: (random) =>
      [jsonText(random, MANIFEST), random.pick([200, 200, 200, 401, 404, 410])] as const,
    async run([text, status]) {
      const spec = { kind: 'folder', name: 'x', base: 'http://models.test/x/' };
      await webSource(spec, { fetch: async () => new Response(text, { status }) });
    },
  }),
  target({
    name: 'names in graphs',
    covers: ['web/src/devices/node-names.ts'],
    weight: 0.1,
    input: (random) =>
      mutateBytes(random, [new TextEncoder().encode('..MatMul:MatMul_12..MatMul:MatMul_3')]),
    run: (bytes) =>
      promise(
        nodeNames(bytes, 'MatMul').every((name) => name.startsWith('MatMul:')),
        'another name',
      ),
  }),
  target({
    name: 'records of models in a browser',
    covers: ['web/src/files/model-records.ts'],
    input: (random) => jsonText(random, RECORD),
    async run(text) {
      const store = { read: async () => new TextEncoder().encode(text) };
      const record = await readRecord(store, 'http://a/');
      promise(
        !record || (typeof record.manifest === 'string' && Array.isArray(record.keys)),
        'no record',
      );
    },
  }),
  target({
    name: 'models by name in a browser',
    covers: ['web/src/files/model-spec.ts', 'web/src/files/web-source.ts'],
    weight: 0.5,
    input: (random) => [mutateText(random, SPECS, PARTS), jsonText(random, MANIFEST)] as const,
    async run([name, manifest]) {
      modelSpec(name, {}, 'https://page.test/');
      const blob = new Blob([manifest]);
      Object.assign(blob, { name: MANIFEST_FILE });
      await webSource(filesSpec([blob]), {});
    },
  }),
];
