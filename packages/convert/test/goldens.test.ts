import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convert } from '@clipseg/convert';
import {
  type Backend,
  eosPosition,
  interpolatePositionEmbedding,
  type Manifest,
  type Session,
  type SupportMask,
  supportMask,
  type Tensor,
  type TokenMaskOptions,
  visionEncoderFeeds,
  visionHeadFeeds,
} from '@clipseg/core';
import { ortBackend } from '@clipseg/core/ort';
import { type FixtureTensor, readSafetensors } from '@clipseg/core/testing';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const fixtures = new URL('../../../fixtures/checkpoints/', import.meta.url);
const backend: Backend = ortBackend({ ort, name: 'onnxruntime-node/cpu' });
const TOLERANCE = 2e-4;

const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  let max = 0;
  for (let i = 0; i < a.length; i++) max = Math.max(max, Math.abs(a[i]! - b[i]!) || 0);
  return max;
};
const f32 = ({ data, shape }: FixtureTensor): Tensor => ({
  type: 'float32',
  data: data as Float32Array,
  dims: shape,
});

describe.each([
  ['tiny-refined', 'fused'],
  ['tiny-refined', 'standard'],
  ['tiny-simple', 'fused'],
  ['tiny-simple', 'standard'],
] as const)('%s with %s operators equals the reference', (name, operators) => {
  const checkpoint = new URL(`${name}/`, fixtures).pathname;
  let folder: string;
  let manifest: Manifest;
  let table: Float32Array;
  let goldens: Record<string, FixtureTensor>;
  const sessions: Record<string, Session> = {};

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipseg-'));
    manifest = await convert({ checkpoint, output: folder, operators, backend });
    goldens = readSafetensors(await readFile(join(checkpoint, 'goldens.safetensors')));
    const bytes = await readFile(join(folder, manifest.positionEmbedding.file));
    table = new Float32Array(new Uint8Array(bytes).buffer);
    for (const graph of ['vision_encoder', 'vision_head', 'text_encoder', 'decoder']) {
      sessions[graph] = await backend.createSession(join(folder, `${graph}.onnx`));
    }
  });
  afterAll(async () => {
    for (const session of Object.values(sessions)) await session.dispose();
    await rm(folder, { recursive: true });
  });

  async function encode(name: string, mask?: SupportMask) {
    const { data, shape } = goldens[`${name}.pixel_values`]!;
    const size = shape.slice(2) as [number, number];
    const { patchSize } = manifest.config.visionConfig;
    const grid = [size[0] / patchSize, size[1] / patchSize] as const;
    const { dims } = manifest.positionEmbedding;
    const positions = interpolatePositionEmbedding(table, dims, grid);
    const input = { pixels: data as Float32Array, size, positions, mask };
    const feeds = visionEncoderFeeds(manifest.config, input);
    const results = await sessions.vision_encoder!.run(feeds);
    return { grid, results };
  }

  async function embed(name: string, mask?: SupportMask): Promise<Float32Array> {
    const { results } = await encode(name, mask);
    const feeds = visionHeadFeeds(manifest.config, results.last_hidden_state!, mask);
    const { image_embedding } = await sessions.vision_head!.run(feeds);
    return image_embedding!.data as Float32Array;
  }

  it('text embeddings', async () => {
    const { data, shape } = goldens.input_ids!;
    const [count = 0, length = 0] = shape;
    const ids = Int32Array.from(data as BigInt64Array, Number);
    const rows = Int32Array.from({ length: count }, (_, row) => {
      const own = [...ids.subarray(row * length, (row + 1) * length)];
      return row * length + eosPosition(own, manifest.config.textConfig);
    });
    const results = await sessions.text_encoder!.run({
      input_ids: { type: 'int32', data: ids, dims: shape },
      eos_rows: { type: 'int32', data: rows, dims: [count] },
    });
    const embedding = results.text_embedding!.data as Float32Array;
    const expected = goldens.text_embeddings!.data as Float32Array;
    expect(worst(embedding, expected)).toBeLessThan(TOLERANCE);
  });

  const sizes = name === 'tiny-refined' ? ['64', '96', 'rect'] : ['40', '56', 'rect'];
  it.each(sizes)('logits at %s', async (size) => {
    const { grid, results } = await encode(size);
    const decoded = await sessions.decoder!.run({
      features: results.features!,
      conditional_embedding: f32(goldens.text_embeddings!),
      grid: { type: 'int64', data: BigInt64Array.from(grid, BigInt), dims: [2] },
    });
    const expected = goldens[`${size}.logits`]!;
    expect(decoded.logits!.dims).toEqual(expected.shape);
    const error = worst(decoded.logits!.data as Float32Array, expected.data as Float32Array);
    expect(error).toBeLessThan(TOLERANCE);
  });

  it.each(sizes.slice(0, 2))('image embedding at %s', async (size) => {
    const expected = goldens[`${size}.image_embedding`]!.data as Float32Array;
    expect(worst(await embed(size), expected)).toBeLessThan(TOLERANCE);
  });

  const masked: [string, TokenMaskOptions][] = [
    ['additive.cls_token.all', {}],
    ['multiplicative.cls_token.all', { form: 'multiplicative' }],
    ['multiplicative.cls_token.last', { form: 'multiplicative', layers: [5] }],
    ['multiplicative.all.all', { form: 'multiplicative', attention: 'all' }],
    // What the last block's patches attend to no longer reaches the class token.
    ['multiplicative.all.last', { form: 'multiplicative', attention: 'all', layers: [5] }],
  ];
  it.each(name === 'tiny-refined' ? masked : [])('token mask %s', async (golden, options) => {
    const mask = goldens['masking.mask']!.data as Float32Array;
    const attention = supportMask(manifest.config, { mask, size: [64, 64] }, options);
    const expected = goldens[`masking.${golden}`]!.data as Float32Array;
    expect(worst(await embed('64', attention), expected)).toBeLessThan(TOLERANCE);
    const unmasked = worst(await embed('64'), expected);
    if (golden === 'multiplicative.all.last') expect(unmasked).toBeLessThan(TOLERANCE);
    else expect(unmasked).toBeGreaterThan(10 * TOLERANCE);
  });
});
