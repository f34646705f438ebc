import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClipSeg } from '@clipseg/node';
import { availableDevices, ortNode } from '@clipseg/node/ort';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const model = fileURLToPath(new URL('../../mini/model/', import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('an invalid graph is refused:', () => {
  it.each([
    ['a missing file', undefined],
    ['0 bytes', new Uint8Array()],
    ['garbage', Buffer.from('this is not a graph')],
  ])('%s', async (name, bytes) => {
    const path = join(folder, `${name}.onnx`);
    if (bytes) await writeFile(path, bytes);
    const call = ortNode().createSession(path);
    await expect(call).rejects.toMatchObject({
      code: 'backend',
      message: expect.stringContaining(path),
    });
  });

  it('a truncated file', async () => {
    const bytes = await readFile(join(model, 'decoder.onnx'));
    const call = ortNode().createSession(bytes.subarray(0, bytes.length / 2));
    await expect(call).rejects.toMatchObject({ code: 'backend' });
  });

  it('a truncated graph of a model folder is reported before it is loaded', async () => {
    const { cp } = await import('node:fs/promises');
    const copy = join(folder, 'model');
    await cp(model, copy, { recursive: true });
    const bytes = await readFile(join(copy, 'decoder.onnx'));
    await writeFile(join(copy, 'decoder.onnx'), bytes.subarray(0, -1));
    const call = createClipSeg({ model: copy });
    await expect(call).rejects.toMatchObject({ code: 'invalid-model', message: /truncated/ });
    for (const json of ['', '[]', '{"formatVersion": 1}']) {
      await writeFile(join(copy, 'clipseg.json'), json);
      await expect(createClipSeg({ model: copy })).rejects.toMatchObject({ code: 'invalid-model' });
    }
  });
});

it('the error for a missing device lists the available ones', async () => {
  const available = await availableDevices();
  const missing = (['coreml', 'dml', 'cuda', 'webgpu'] as const).find(
    (device) => !available.includes(device),
  );
  expect(missing).toBeDefined();
  const call = ortNode({ device: missing }).createSession(join(model, 'decoder.onnx'));
  await expect(call).rejects.toMatchObject({
    code: 'backend',
    message: expect.stringMatching(/has no .*only .*cpu/),
  });
});

it('the error for wrong feeds names them', async () => {
  const session = await ortNode().createSession(join(model, 'decoder.onnx'));
  const call = session.run({
    features: { type: 'float32', dims: [0], data: new Float32Array() },
    x: 1 as never,
  });
  await expect(call).rejects.toMatchObject({ message: /missing: .*grid.*unknown: x/ });
  const dims = { type: 'float32', dims: [1, 1], data: new Float32Array(1) } as const;
  const grid = { type: 'int64', dims: [2], data: BigInt64Array.of(1n, 1n) } as const;
  const wrong = session.run({ features: dims, conditional_embedding: dims, grid });
  await expect(wrong).rejects.toMatchObject({ code: 'backend' });
  await session.dispose();
});

it('a device that computes wrong results is detected', async () => {
  const right = ortNode();
  const wrong: typeof right = {
    ...right,
    async createSession(graph, options) {
      const session = await right.createSession(graph, options);
      return {
        ...session,
        async run(feeds, call) {
          const results = await session.run(feeds, call);
          for (const { data } of Object.values(results)) {
            if (data instanceof Float32Array) data[0] = data[0]! + 3;
          }
          return results;
        },
      };
    },
  };
  await expect(createClipSeg({ backend: wrong, selfCheck: true })).rejects.toMatchObject({
    code: 'self-check',
  });
});
