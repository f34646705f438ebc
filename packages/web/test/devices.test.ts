import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Lib } from './page/lib.js';
import { stage } from './support/setup.js';

declare const lib: Lib;

const setup = stage();
const { open } = setup;

it('auto uses WASM if the adapter is software, says why, and picks int8', async () => {
  const page = await open();
  const device = await page.evaluate(async () => {
    const clipSeg = await lib.createClipSeg();
    await clipSeg.dispose();
    return clipSeg.device;
  });
  expect(device).toMatchObject({
    dtype: 'int8',
    threads: 2,
    adapter: 'google swiftshader',
    graphs: { visionEncoder: 'wasm', textEncoder: 'wasm', decoder: 'wasm' },
    refused: [
      { device: 'webgpu', code: 'software', message: expect.stringMatching(/WASM is faster/) },
      { device: 'webgpu+cpu', code: 'software' },
    ],
    selfCheck: { maxError: expect.any(Number), tolerance: expect.any(Number) },
  });
});

it('finds a device that computes wrong results at load, and moves each graph to the next', async () => {
  const page = await open();
  const { device, strict } = await page.evaluate(async () => {
    const options = { dtype: 'fp32' } as const;
    const clipSeg = await lib.createClipSeg({
      ...options,
      device: ['webgpu', 'webgpu+cpu', 'wasm'],
    });
    const strict = await lib.outcome(lib.createClipSeg({ ...options, device: 'webgpu' }));
    await clipSeg.dispose();
    return { device: clipSeg.device, strict };
  });
  // ONNX Runtime's flash attention on an adapter with subgroups of 4: see docs/decisions.
  expect(strict).toMatchObject({ code: 'self-check', message: /off by/ });
  expect(device.graphs).toEqual({
    visionEncoder: 'webgpu+cpu',
    textEncoder: 'webgpu+cpu',
    decoder: 'webgpu+cpu',
  });
  expect(device.refused.map(({ device, graph, code }) => [device, graph, code]).toSorted()).toEqual(
    [
      ['webgpu', 'decoder', 'self-check'],
      ['webgpu', 'textEncoder', 'self-check'],
      ['webgpu', 'visionEncoder', 'self-check'],
    ],
  );
  expect(device.selfCheck?.maxError).toBeLessThan(0.001);
});

it('can run each graph on another device', async () => {
  const page = await open();
  const result = await page.evaluate(async () => {
    const device = { visionEncoder: 'webgpu+cpu', textEncoder: 'wasm', decoder: 'wasm' } as const;
    const clipSeg = await lib.createClipSeg({ device, dtype: 'fp32' });
    const url = '/fixtures/scenes/images/000.png';
    const { segments } = await clipSeg.segment(url, 'teapot', { resolution: 64 });
    await clipSeg.dispose();
    return { graphs: clipSeg.device.graphs, values: segments[0]!.logits.length };
  });
  expect(result.graphs).toEqual({
    visionEncoder: 'webgpu+cpu',
    textEncoder: 'wasm',
    decoder: 'wasm',
  });
  expect(result.values).toBe(64 * 64);
});

it.each([
  [{ device: 'webgpu', dtype: 'int8' }, 'backend', /int8 runs only on WASM/],
  [{ device: 'webnn' }, 'backend', /no WebNN/],
  [{ device: 'tpu' }, 'invalid-argument', /tpu/],
  [{ device: [] }, 'invalid-argument', /device/],
  [{ threads: 0 }, 'invalid-argument', /threads/],
  [{ dtype: 'fp16' }, 'invalid-argument', /no fp16 variant, only fp32, int8/],
  [{ preload: ['encoder'] }, 'invalid-argument', /encoder/],
  [{ strategies: [{}] }, 'invalid-argument', /serveClipSeg/],
  [{ ortFolder: '/nowhere/' }, 'backend', /cannot be loaded from .*nowhere/],
])('rejects %j', async (options, code, message) => {
  const page = await open();
  const error = await page.evaluate(
    (given) => lib.outcome(lib.createClipSeg(given as object)),
    options as object,
  );
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
});

it('rejects fp16 on an adapter without half floats', async () => {
  const { convert } = await import('@clipseg/convert');
  const { ortNode } = await import('@clipseg/node/ort');
  const { fileURLToPath } = await import('node:url');
  const checkpoint = fileURLToPath(new URL('../../mini/checkpoint', import.meta.url));
  const output = `${setup.folder}/half`;
  await convert({ checkpoint, output, dtypes: ['fp32', 'fp16'], backend: ortNode() });
  const page = await open();
  const { refused, wasm } = await page.evaluate(async () => {
    const options = { model: '/own/half/', dtype: 'fp16' } as const;
    const refused = await lib.outcome(lib.createClipSeg({ ...options, device: 'webgpu' }));
    const clipSeg = await lib.createClipSeg(options);
    const { segments } = await clipSeg.segment('/fixtures/scenes/images/000.png', 'teapot');
    await clipSeg.dispose();
    return { refused, wasm: lib.maskArea(segments[0]!.mask()) };
  });
  expect(refused).toMatchObject({ code: 'backend', message: /no half floats \(shader-f16\)/ });
  expect(wasm).toBeGreaterThan(1000);
});

it('reports missing headers once, with what to do', async () => {
  setup.server.isolated = false;
  const page = await open();
  const warnings: string[] = [];
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
  const threads = await page.evaluate(async () => {
    const counts: number[] = [];
    for (const worker of [true, true, false]) {
      const clipSeg = await lib.createClipSeg({ worker, threads: 2 });
      counts.push(clipSeg.device.threads ?? 0);
      await clipSeg.dispose();
    }
    return counts;
  });
  expect(threads).toEqual([1, 1, 1]);
  expect(warnings.filter((text) => text.includes('Cross-Origin-Opener-Policy'))).toHaveLength(1);
});

it('continues on another device when one is lost, and tries the GPU again', async () => {
  const page = await open();
  const result = await page.evaluate(async () => {
    const start = () => new Worker('/page/losing-worker.js', { type: 'module' });
    const device = ['webgpu+cpu', 'wasm'] as const;
    const options = { worker: start, device, dtype: 'fp32' } as const;
    const clipSeg = await lib.createClipSeg<{ lose: boolean }>(options);
    const url = '/fixtures/scenes/images/000.png';
    const image = await clipSeg.encodeImage(url, { resolution: 64 });
    const before = (await clipSeg.segment(image, 'teapot')).segments[0]!.logits;
    const lost = await lib.outcome(clipSeg.segment(image, { lose: true }));
    const after = (await clipSeg.segment(image, 'teapot')).segments[0]!.logits;
    const report = clipSeg.device;
    await clipSeg.dispose();
    const error = before.reduce((most, v, i) => Math.max(most, Math.abs(v - after[i]!)), 0);
    return { error, lost, report };
  });
  expect(result.lost.message).toBe('no error'); // the interrupted call was computed on WASM
  expect(result.error).toBeLessThan(0.01);
  expect(result.report.graphs.decoder).toBe('webgpu+cpu');
});

it('continues on another device on the main thread, too', async () => {
  const page = await open();
  const result = await page.evaluate(async () => {
    const device = ['webgpu+cpu', 'wasm'] as const;
    const clipSeg = await lib.createClipSeg({ worker: false, device, dtype: 'fp32' });
    const url = '/fixtures/scenes/images/000.png';
    const image = await clipSeg.encodeImage(url, { resolution: 64 });
    await lib.loseGpu();
    const { segments } = await clipSeg.segment(image, 'teapot');
    const report = clipSeg.device;
    await clipSeg.dispose();
    return { values: segments[0]!.logits.length, report };
  });
  expect(result.values).toBe(64 * 64);
  expect(result.report.graphs.decoder).toBe('wasm');
  expect(result.report.refused).toContainEqual(
    expect.objectContaining({ device: 'webgpu+cpu', code: 'lost' }),
  );
});

it('finds the node names that WebGPU needs in the graphs', () => {
  const model = new URL('../../mini/model/', import.meta.url);
  const text = readFileSync(new URL('vision_encoder.onnx', model), 'latin1');
  expect(text).toMatch(/MultiHeadAttention:MultiHeadAttention_\d+/);
});
