import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  expectSame,
  failure,
  fixtures,
  readAll,
  temporaryFolder,
} from '../../test/support/files.js';
import { type TorchTensorData, torchFile } from '../../test/support/torch-file.js';
import { fp16Bytes } from '../quantize/float16.js';
import { type Checkpoint, openCheckpoint } from './index.js';
import { openSafetensors } from './safetensors.js';
import { readFloat32, type Weights } from './weights.js';
import { type TensorToWrite, writeSafetensors } from './write-safetensors.js';

const folder = temporaryFolder();
const source = join(fixtures, 'tiny-refined');
let count = 0;

/** Copies the checkpoint without its weights. */
async function emptyFolder(): Promise<string> {
  const path = folder.path(`checkpoint-${count++}`);
  await cp(source, path, { recursive: true });
  await rm(join(path, 'model.safetensors'));
  return path;
}
async function withSource<T>(use: (weights: Weights) => Promise<T>): Promise<T> {
  const weights = await openSafetensors(join(source, 'model.safetensors'));
  return use(weights).finally(() => weights.close());
}
async function withCheckpoint(
  path: string,
  use: (checkpoint: Checkpoint) => Promise<void>,
  options?: Parameters<typeof openCheckpoint>[1],
): Promise<void> {
  const checkpoint = await openCheckpoint(path, options);
  await use(checkpoint).finally(() => checkpoint.close());
}
const all = (weights: Weights): TensorToWrite[] => weights.names.map((name) => weights.get(name));

/** Writes shards and their index, as transformers does. */
async function writeShards(path: string, files: readonly string[]): Promise<void> {
  await withSource(async (weights) => {
    const map: Record<string, string> = {};
    for (const [i, file] of files.entries()) {
      const part = all(weights).filter((_, j) => j % files.length === i);
      await writeSafetensors(join(path, file), part);
      for (const { name } of part) map[name] = file;
    }
    const index = JSON.stringify({ metadata: { total_size: 1 }, weight_map: map });
    await writeFile(join(path, 'model.safetensors.index.json'), index);
  });
}

describe('a Hugging Face folder', () => {
  test('with one file, config and tokenizer', () =>
    withCheckpoint(source, async ({ name, config, preprocessing, weights, tokenizer, sha256 }) => {
      expect(name).toBe('tiny-refined');
      expect(config.extractLayers).toEqual([1, 2, 4]);
      expect(preprocessing.size).toEqual([64, 64]);
      expect(weights.names.length).toBeGreaterThan(100);
      expect(tokenizer.vocab).toBe(join(source, 'vocab.json'));
      expect(await sha256()).toMatch(/^[0-9a-f]{64}$/);
    }));

  test('with shards', async () => {
    const path = await emptyFolder();
    await writeShards(path, [
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
    ]);
    await withSource((weights) =>
      withCheckpoint(path, (checkpoint) => expectSame(checkpoint.weights, weights)),
    );
  });

  test('with pytorch_model.bin', async () => {
    const path = await emptyFolder();
    await withSource(async (weights) => {
      const bytes = torchFile(await readAll(weights), 'pytorch_model');
      await writeFile(join(path, 'pytorch_model.bin'), bytes);
      await withCheckpoint(path, (checkpoint) => expectSame(checkpoint.weights, weights));
    });
  });

  test.each([
    ['F16', 2 ** -10, (values: Float32Array) => fp16Bytes(values, 'w')],
    ['BF16', 2 ** -7, (values: Float32Array) => upperHalves(values)],
  ] as const)('in %s', async (dtype, precision, encode) => {
    const path = await emptyFolder();
    await withSource(async (weights) => {
      const half = all(weights).map((tensor) => ({
        name: tensor.name,
        shape: tensor.shape,
        dtype,
        read: async () => encode(await readFloat32(weights.get(tensor.name))),
      }));
      await writeSafetensors(join(path, 'model.safetensors'), half);
      await withCheckpoint(path, async (checkpoint) => {
        for (const name of weights.names) {
          const exact = await readFloat32(weights.get(name));
          const read = await readFloat32(checkpoint.weights.get(name));
          const off = exact.findIndex(
            (v, i) => Math.abs(v - read[i]!) > precision * Math.abs(v) + 1e-7,
          );
          expect([name, off]).toEqual([name, -1]);
        }
      });
    });
  });
  const upperHalves = (values: Float32Array) => {
    const words = new Uint32Array(values.slice().buffer);
    return new Uint8Array(Uint16Array.from(words, (word) => word >>> 16).buffer);
  };
});

describe("the original's decoder over a CLIP", () => {
  /** Renames Hugging Face's tensors to those of timojl/clipseg. */
  function original(all: Record<string, TorchTensorData>): Record<string, TorchTensorData> {
    const result: Record<string, TorchTensorData> = {};
    for (const [name, tensor] of Object.entries(all)) {
      const [, layer, letter, part] =
        /^decoder\.layers\.(\d+)\.self_attn\.([qkv])_proj\.(\w+)$/.exec(name) ?? [];
      if (letter === 'q') {
        const stacked = ['q', 'k', 'v'].map(
          (one) => all[`decoder.layers.${layer}.self_attn.${one}_proj.${part}`]!,
        );
        const [rows = 0, ...rest] = tensor.shape;
        result[`blocks.${layer}.self_attn.in_proj_${part}`] = {
          dtype: 'F32',
          shape: [3 * rows, ...rest],
          data: Buffer.concat(stacked.map(({ data }) => data)),
        };
      }
      if (letter || !name.startsWith('decoder.')) continue;
      const renamed = name
        .replace(/^decoder\.layers\./, 'blocks.')
        .replace(/^decoder\.transposed_convolution/, 'trans_conv')
        .replace(/^decoder\./, '')
        .replace('mlp.fc', 'linear')
        .replace('layer_norm', 'norm');
      result[renamed] = tensor;
    }
    result['reduce.weight'] = { dtype: 'F32', shape: [1], data: new Uint8Array(4) };
    return result;
  }

  test('equals the CLIPSeg it was made from', async () => {
    const path = await emptyFolder();
    const pth = folder.path('rd64.pth');
    await withSource(async (weights) => {
      await writeFile(pth, torchFile(original(await readAll(weights)), 'rd64'));
      const clip = all(weights).filter(({ name }) => name.startsWith('clip.'));
      const bare = clip.map((tensor) => ({ ...tensor, name: tensor.name.replace(/^clip\./, '') }));
      await writeSafetensors(join(path, 'model.safetensors'), bare);
      const options = { decoder: pth, extractLayers: [1, 2, 4] };
      await withCheckpoint(
        path,
        async ({ weights: joined, config, preprocessing }) => {
          await expectSame(joined, weights);
          expect(config.useComplexTransposedConvolution).toBe(true);
          expect(preprocessing.size).toEqual([352, 352]);
        },
        options,
      );
      const clipSeg = await failure(openCheckpoint(source, options));
      expect(clipSeg.message).toMatch(/It is a CLIPSeg; leave out the decoder/);
      const noDecoder = { decoder: join(source, 'model.safetensors') };
      expect((await failure(openCheckpoint(path, noDecoder))).message).toMatch(
        /not a decoder of timojl/,
      );
    });
  });
});

describe('refuses', () => {
  test('a missing folder, config or weights', async () => {
    expect((await failure(openCheckpoint(folder.path('none')))).code).toBe('not-found');
    const path = await emptyFolder();
    expect((await failure(openCheckpoint(path))).message).toMatch(/has no weights/);
    await rm(join(path, 'config.json'));
    expect((await failure(openCheckpoint(path))).code).toBe('not-found');
  });

  test.each([
    ['', /is empty/],
    ['{"a":', /is not JSON/],
    ['[]', /is not a JSON object/],
    ['{"vision_config": {"hidden_size": 1e99}}', /hidden_size/],
    ['{"extract_layers": "all"}', /extract_layers/],
    [' '.repeat(17 * 2 ** 20), /has 17825792 bytes/],
  ])('config.json %#', async (text, message) => {
    const path = await emptyFolder();
    await cp(join(source, 'model.safetensors'), join(path, 'model.safetensors'));
    await writeFile(join(path, 'config.json'), text);
    const error = await failure(openCheckpoint(path));
    expect([error.code, error.message]).toEqual(['invalid-config', expect.stringMatching(message)]);
  });

  test('an index with paths out of its folder, and a missing shard', async () => {
    const path = await emptyFolder();
    const index = join(path, 'model.safetensors.index.json');
    for (const file of ['../tiny/model.safetensors', '/etc/passwd', 'a/b', '', 'a'.repeat(5000)]) {
      await writeFile(index, JSON.stringify({ weight_map: { w: file } }));
      const { code, message } = await failure(openCheckpoint(path));
      expect(code).toBe('invalid-checkpoint');
      expect(message.length).toBeLessThan(1000);
    }
    await mkdir(join(path, 'sub'));
    await writeShards(path, ['one.safetensors', 'two.safetensors']);
    await rm(join(path, 'two.safetensors'));
    expect((await failure(openCheckpoint(path))).message).toContain('two.safetensors');
    expect(await readFile(index, 'utf8')).toContain('two.safetensors');
  });
});
