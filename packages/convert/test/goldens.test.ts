import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convert } from '@clipseg/convert';
import {
  type Backend,
  eosPosition,
  type GraphName,
  graphNames,
  graphStems,
  interpolatePositionEmbedding,
  type Manifest,
  runDecoder,
  runTextEncoder,
  runVisionEncoder,
  runVisionHead,
  type Session,
  type SupportMask,
} from '@clipseg/core/model';
import { ortBackend } from '@clipseg/core/ort';
import { supportMask, type TokenMaskOptions } from '@clipseg/core/prompts';
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
  const sessions: Partial<Record<GraphName, Session>> = {};

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clipseg-'));
    manifest = await convert({ checkpoint, output: folder, operators, backend });
    goldens = readSafetensors(await readFile(join(checkpoint, 'goldens.safetensors')));
    const bytes = await readFile(join(folder, manifest.positionEmbedding.file));
    table = new Float32Array(new Uint8Array(bytes).buffer);
    for (const graph of graphNames) {
      sessions[graph] = await backend.createSession(join(folder, `${graphStems[graph]}.onnx`));
    }
  });
  afterAll(async () => {
    for (const session of Object.values(sessions)) await session.dispose();
    await rm(folder, { recursive: true });
  });

  function encoderInput(name: string, mask?: SupportMask) {
    const { data, shape } = goldens[`${name}.pixel_values`]!;
    const size = shape.slice(2) as [number, number];
    const { patchSize } = manifest.config.visionConfig;
    const grid = [size[0] / patchSize, size[1] / patchSize] as const;
    const { dims } = manifest.positionEmbedding;
    const positions = interpolatePositionEmbedding(table, dims, grid);
    const input = { pixels: data as Float32Array, size, positions, supportMask: mask };
    return { grid, input };
  }

  async function embed(name: string, mask?: SupportMask): Promise<Float32Array> {
    const { config } = manifest;
    const output = 'lastHiddenState';
    const { input } = encoderInput(name, mask);
    const lastHiddenState = await runVisionEncoder(sessions.visionEncoder!, input, {
      config,
      output,
    });
    return runVisionHead(sessions.visionHead!, { lastHiddenState, supportMask: mask }, { config });
  }

  it('for text embeddings', async () => {
    const { data, shape } = goldens.input_ids!;
    const [count = 0, length = 0] = shape;
    const all = Array.from(data as BigInt64Array, Number);
    const texts = Array.from({ length: count }, (_, row) => {
      const ids = all.slice(row * length, (row + 1) * length);
      return { ids, eos: eosPosition(ids, manifest.config.textConfig) };
    });
    const embeddings = await runTextEncoder(sessions.textEncoder!, texts);
    const expected = goldens.text_embeddings!.data as Float32Array;
    const got = embeddings.flatMap((embedding) => [...embedding]);
    expect(worst(got, expected)).toBeLessThan(TOLERANCE);
  });

  const sizes = name === 'tiny-refined' ? ['64', '96', 'rect'] : ['40', '56', 'rect'];
  it.each(sizes)('for logits at %s', async (size) => {
    const { config } = manifest;
    const { grid, input } = encoderInput(size);
    const features = await runVisionEncoder(sessions.visionEncoder!, input, { config });
    const { data, shape } = goldens.text_embeddings!;
    const [count = 0, width = 0] = shape;
    const conditionalEmbeddings = Array.from({ length: count }, (_, i) =>
      (data as Float32Array).subarray(i * width, (i + 1) * width),
    );
    const prompts = { features, conditionalEmbeddings, grid };
    const maps = await runDecoder(sessions.decoder!, prompts);
    const expected = goldens[`${size}.logits`]!;
    expect(maps).toHaveLength(expected.shape[0]!);
    const logits = maps.flatMap((map) => [...map]);
    expect(worst(logits, expected.data as Float32Array)).toBeLessThan(TOLERANCE);
  });

  it.each(sizes.slice(0, 2))('for image embeddings at %s', async (size) => {
    const expected = goldens[`${size}.image_embedding`]!.data as Float32Array;
    expect(worst(await embed(size), expected)).toBeLessThan(TOLERANCE);
  });

  const masked: [string, TokenMaskOptions][] = [
    ['additive.cls_token.all', {}],
    ['multiplicative.cls_token.all', { form: 'multiplicative' }],
    ['multiplicative.cls_token.last', { form: 'multiplicative', layers: [5] }],
    ['multiplicative.all.all', { form: 'multiplicative', attention: 'all' }],
    // The attention of patches in the last block no longer affects the class token.
    ['multiplicative.all.last', { form: 'multiplicative', attention: 'all', layers: [5] }],
  ];
  it.each(name === 'tiny-refined' ? masked : [])(
    'for the token mask %s',
    async (golden, options) => {
      const mask = goldens['masking.mask']!.data as Float32Array;
      const attention = supportMask(manifest.config, { mask, size: [64, 64] }, options);
      const expected = goldens[`masking.${golden}`]!.data as Float32Array;
      expect(worst(await embed('64', attention), expected)).toBeLessThan(TOLERANCE);
      const unmasked = worst(await embed('64'), expected);
      if (golden === 'multiplicative.all.last') expect(unmasked).toBeLessThan(TOLERANCE);
      else expect(unmasked).toBeGreaterThan(10 * TOLERANCE);
    },
  );
});
