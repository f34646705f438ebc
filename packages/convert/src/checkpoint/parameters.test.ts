import { parseConfig } from '@clipseg/core/model';
import { describe, expect, it } from 'vitest';
import { checkConfigAgainst } from './check-config.js';
import { joined, type Parameter, Parameters, scaled, transposed } from './parameters.js';
import { missingTokenizer } from './tokenizer-files.js';
import type { Weight, Weights } from './weights.js';

/** Makes float32 weights with the values 1, 2, ... from names and shapes. */
function weightsOf(shapes: Readonly<Record<string, readonly number[]>>, first = 1): Weights {
  const all = new Map(
    Object.entries(shapes).map(([name, shape]): [string, Weight] => {
      const values = Float32Array.from(
        { length: shape.reduce((a, b) => a * b, 1) },
        (_, i) => first + i,
      );
      const bytes = new Uint8Array(values.buffer);
      return [name, { name, dtype: 'F32', shape, read: async () => bytes } as unknown as Weight];
    }),
  );
  return {
    names: [...all.keys()],
    has: (name: string) => all.has(name),
    get: (name: string) => all.get(name)!,
  } as unknown as Weights;
}

const parameter = (dims: readonly number[], values: readonly number[]): Parameter => ({
  name: 'w',
  dims,
  read: async () => Float32Array.from(values),
});

describe('Parameters', () => {
  it('gives weights by name, and passes when all were taken', async () => {
    const parameters = new Parameters(
      weightsOf({ a: [2, 2], logit_scale: [], 'x.position_ids': [7] }),
    );
    const taken = parameters.take('a', [2, 2]);
    expect([taken.name, taken.dims]).toEqual(['a', [2, 2]]);
    expect([...(await taken.read())]).toEqual([1, 2, 3, 4]);
    expect(() => parameters.finish()).not.toThrow();
  });

  it('names weights that are missing, misshapen or unused', async () => {
    const parameters = new Parameters(
      weightsOf({ a: [2, 2], b: [3], 'decoder.reduce.weight': [1] }),
    );
    parameters.take('a', [4]);
    const missing = parameters.take('c', [5, 6]);
    expect(() => parameters.finish()).toThrow(
      /\(3 keys\): missing c \[5, 6\]; a is \[2, 2\], but \[4\] .*; unused b\.$/,
    );
    await expect(missing.read()).rejects.toThrow(/missing c/);
  });

  it('stops early if everything is missing', () => {
    const parameters = new Parameters(weightsOf({}));
    const take = (count: number) => {
      for (let i = 0; i < count; i++) parameters.take(`w${i}`, [1]);
    };
    expect(() => take(1000)).not.toThrow();
    expect(() => take(1001)).toThrow(/1001 keys/);
  });

  it('refuses values that are not finite', async () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const parameters = new Parameters(weightsOf({ a: [1] }, value));
      await expect(parameters.take('a', [1]).read()).rejects.toThrow(/weight a contains/);
    }
  });
});

describe('a transformed parameter', () => {
  it('is transposed, for any size', async () => {
    for (const [rows, columns] of [
      [2, 3],
      [33, 70],
      [64, 32],
    ] as const) {
      const values = Array.from({ length: rows * columns }, (_, i) => i);
      const turned = transposed(parameter([rows, columns], values));
      expect([turned.name, turned.dims]).toEqual(['w.T', [columns, rows]]);
      const found = await turned.read();
      for (let i = 0; i < found.length; i++) {
        expect(found[i]).toBe((i % rows) * columns + Math.floor(i / rows));
      }
    }
  });

  it('is scaled by row, by column or by entry, in a copy', async () => {
    const source = Float32Array.of(1, 2, 3, 4, 5, 6);
    const own = { name: 'w', dims: [2, 3], read: async () => source };
    const factors = Float32Array.of(10, 100, 1000);
    expect([...(await scaled(own, 0, factors).read())]).toEqual([10, 20, 30, 400, 500, 600]);
    expect([...(await scaled(own, 1, factors).read())]).toEqual([10, 200, 3000, 40, 500, 6000]);
    const vector = parameter([3], [1, 2, 3]);
    expect([...(await scaled(vector, 0, factors).read())]).toEqual([10, 200, 3000]);
    expect([...source]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('is concatenated', async () => {
    const one = joined([parameter([2], [1, 2]), { ...parameter([1], [3]), name: 'v' }]);
    expect([one.name, one.dims]).toEqual(['w+v', [3]]);
    expect([...(await one.read())]).toEqual([1, 2, 3]);
  });
});

describe('checkConfigAgainst', () => {
  const config = parseConfig({
    text_config: { num_hidden_layers: 2 },
    vision_config: { num_hidden_layers: 3 },
    extract_layers: [0, 2],
  });
  const text = 'clip.text_model';
  const vision = 'clip.vision_model';
  const layers = (prefix: string, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}.norm.weight`, [1]]));
  const fitting: Readonly<Record<string, readonly number[]>> = {
    [`${text}.embeddings.token_embedding.weight`]: [49408, 512],
    [`${text}.embeddings.position_embedding.weight`]: [77, 512],
    [`${text}.encoder.layers.0.mlp.fc1.weight`]: [2048, 512],
    [`${vision}.embeddings.patch_embedding.weight`]: [768, 3, 32, 32],
    [`${vision}.embeddings.position_embedding.weight`]: [50, 768],
    [`${vision}.encoder.layers.0.mlp.fc1.weight`]: [3072, 768],
    'clip.visual_projection.weight': [512, 768],
    'decoder.film_mul.weight': [64, 512],
    'decoder.layers.0.mlp.fc1.weight': [2048, 64],
    'decoder.transposed_convolution.weight': [64, 1, 32, 32],
    ...layers(`${text}.encoder.layers.`, 2),
    ...layers(`${vision}.encoder.layers.`, 3),
    ...layers('decoder.reduces.', 2),
    ...layers('decoder.layers.', 2),
  };
  /** Weights with shapes only, as the tensors would be too large. */
  const shaped = (shapes: Readonly<Record<string, readonly number[]>>) =>
    ({
      names: Object.keys(shapes),
      has: (name: string) => Object.hasOwn(shapes, name),
      get: (name: string) => ({ shape: shapes[name] }),
    }) as unknown as Weights;

  it('accepts weights that match, and missing ones', () => {
    expect(() => checkConfigAgainst(shaped(fitting), config)).not.toThrow();
    expect(() => checkConfigAgainst(shaped({}), config)).not.toThrow();
  });

  it.each([
    [`${text}.embeddings.token_embedding.weight`, [7, 512], /vocab_size is 49408.*has 7/],
    [
      `${text}.embeddings.token_embedding.weight`,
      [49408, 7],
      /text_config.hidden_size is 512.*has 7/,
    ],
    [`${text}.embeddings.position_embedding.weight`, [7, 512], /max_position_embeddings is 77/],
    [`${text}.encoder.layers.0.mlp.fc1.weight`, [7, 512], /text_config.intermediate_size is 2048/],
    [
      `${vision}.embeddings.patch_embedding.weight`,
      [7, 3, 32, 32],
      /vision_config.hidden_size is 768/,
    ],
    [`${vision}.embeddings.patch_embedding.weight`, [768, 3, 7, 32], /patch_size is 32/],
    [`${vision}.embeddings.position_embedding.weight`, [7, 768], /patch_size\)\^2 is 50/],
    [`${vision}.encoder.layers.0.mlp.fc1.weight`, [7, 768], /vision_config.intermediate_size/],
    ['clip.visual_projection.weight', [7, 768], /projection_dim is 512/],
    ['decoder.film_mul.weight', [7, 512], /reduce_dim is 64/],
    ['decoder.layers.0.mlp.fc1.weight', [7, 64], /decoder_intermediate_size is 2048/],
    [`${text}.encoder.layers.2.norm.weight`, [1], /text_config.num_hidden_layers is 2.*have 3/],
    [`${vision}.encoder.layers.3.norm.weight`, [1], /vision_config.num_hidden_layers is 3.*have 4/],
    ['decoder.reduces.2.norm.weight', [1], /extract_layers is 2.*have 3 \(decoder.reduces/],
    ['decoder.layers.2.norm.weight', [1], /extract_layers is 2.*have 3 \(decoder.layers/],
    ['decoder.transposed_convolution.0.weight', [1], /convolution is false, but true/],
  ])('refuses %s %j', (name, shape, message) => {
    const call = () => checkConfigAgainst(shaped({ ...fitting, [name]: shape }), config);
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code: 'invalid-config' }));
  });

  it('refuses a simple upsampler if a refined one is configured', () => {
    const refined = { ...config, useComplexTransposedConvolution: true };
    expect(() => checkConfigAgainst(shaped(fitting), refined)).toThrow(/is true, but false/);
    const { 'decoder.transposed_convolution.weight': _, ...without } = fitting;
    expect(() => checkConfigAgainst(shaped(without), refined)).not.toThrow();
  });
});

it('the message for a checkpoint without a tokenizer lists the missing files', () => {
  expect(missingTokenizer('folder', {})).toMatch(/^folder has no vocab.json and no merges.txt /);
  expect(missingTokenizer('folder', { vocab: 'v' })).toMatch(/^folder has no merges.txt /);
  expect(missingTokenizer('folder', { merges: 'm' })).toMatch(/^folder has no vocab.json /);
});
