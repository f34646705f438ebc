import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convert, convertSingle, type TensorToWrite, writeSafetensors } from '@clipseg/convert';
import { ClipSegError } from '@clipseg/core';
import type { Manifest } from '@clipseg/core/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSafetensors } from '../src/checkpoint/safetensors.js';
import { readAll } from './support/files.js';
import { PickleWriter, torchEntries, torchFile, zip } from './support/torch-file.js';

// Variants of tiny-refined as found in practice: wrapped, incomplete, with another config. Here the
// converted files are compared; goldens.test.ts compares logits with the reference.

const fixtures = fileURLToPath(new URL('../../../fixtures/', import.meta.url));
const source = join(fixtures, 'checkpoints/tiny-refined');
let folder: string;
let expected: Manifest;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-'));
  expected = await convert({ checkpoint: source, output: join(folder, 'expected') });
});
afterAll(() => rm(folder, { recursive: true }));

/** Makes a changed copy of the checkpoint and returns its path. */
async function copy(change?: (path: string) => Promise<unknown>): Promise<string> {
  const path = join(folder, `checkpoint-${count++}`);
  await cp(source, path, { recursive: true });
  await change?.(path);
  return path;
}

async function withTensors<T>(use: (tensors: TensorToWrite[]) => Promise<T>): Promise<T> {
  const weights = await openSafetensors(join(source, 'model.safetensors'));
  const tensors = weights.names.map((name) => weights.get(name));
  return use(tensors).finally(() => weights.close());
}

const renamed = (change: (name: string) => string) => (path: string) =>
  withTensors((tensors) =>
    writeSafetensors(
      join(path, 'model.safetensors'),
      tensors.map((tensor) => ({ ...tensor, name: change(tensor.name) })),
    ),
  );

/** Writes torch.save({ KEY: { PREFIX...: tensor } }), or only the dictionary without a key. */
const asTorch = (key: string | undefined, prefix: string) => async (path: string) => {
  await rm(join(path, 'model.safetensors'));
  const weights = await openSafetensors(join(source, 'model.safetensors'));
  const all = await readAll(weights).finally(() => weights.close());
  const entries = Object.entries(all).map(
    ([name, tensor]) => [`${prefix}${name}`, tensor] as const,
  );
  if (key === undefined) {
    return writeFile(join(path, 'pytorch_model.bin'), torchFile(Object.fromEntries(entries)));
  }
  const pickle = new PickleWriter().op(0x7d).put().text('epoch').integer(3).op(0x73).text(key);
  pickle.orderedDict();
  for (const [i, [name, tensor]] of entries.entries()) {
    pickle.text(name).tensor(String(i), tensor).op(0x73);
  }
  const storages = entries.map(([, { data }]) => data);
  const bytes = zip(torchEntries(pickle.op(0x73).stop(), storages));
  return writeFile(join(path, 'pytorch_model.bin'), bytes);
};

async function converted(checkpoint: string, options = {}): Promise<[Manifest, string[]]> {
  const warnings: string[] = [];
  const onWarning = (message: string) => void warnings.push(message);
  const output = join(folder, `output-${count++}`);
  return [await convert({ checkpoint, output, onWarning, ...options }), warnings];
}

async function refusal(checkpoint: string): Promise<[string, string]> {
  const start = performance.now();
  const error = await converted(checkpoint).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!ClipSegError.isInstance(error)) throw new Error('no ClipSegError', { cause: error });
  expect(performance.now() - start).toBeLessThan(3000);
  expect(error.message.length).toBeLessThan(1500);
  return [error.code, error.message];
}

const wrap = (prefix: string) => renamed((name) => prefix + name);

describe('keys with a prefix', () => {
  it.each([
    ['DataParallel', wrap('module.'), /start with "module\."/],
    ['Lightning', asTorch('state_dict', 'model.'), /start with "model\."/],
    ['both', asTorch('state_dict', 'model.module.'), /start with "model\.module\."/],
    ['torch.compile', wrap('_orig_mod.'), /start with "_orig_mod\."/],
    ['compiled in Lightning', wrap('model._orig_mod.'), /"model\." and "_orig_mod\."/],
    [
      'a compiled part',
      renamed((name) => name.replace('clip.vision_model.', 'clip.vision_model._orig_mod.')),
      /"_orig_mod\."/,
    ],
    ['an attribute of an app', wrap('net.segmenter.clipseg.'), /"net\.segmenter\.clipseg\."/],
    ['DataParallel, by torch', asTorch(undefined, 'module.'), /"module\."/],
    ['DataParallel in a training state', asTorch('model_state_dict', 'module.'), /"module\."/],
  ])('%s: it is removed, with one warning', async (_, change, message) => {
    const [
      {
        files,
        source: { name },
      },
      warnings,
    ] = await converted(await copy(change));
    expect(warnings).toEqual([expect.stringMatching(message)]);
    expect(files).toEqual(expected.files);
    expect(name).toMatch(/^checkpoint-/);
  });

  it('none: no warning', async () => {
    const [{ files }, warnings] = await converted(await copy());
    expect([files, warnings]).toEqual([expected.files, []]);
  });

  it('on only half of the keys is not removed', async () => {
    let i = 0;
    const checkpoint = await copy(renamed((name) => (i++ % 2 ? name : `module.${name}`)));
    const [code, message] = await refusal(checkpoint);
    expect([code, message]).toEqual([
      'invalid-checkpoint',
      expect.stringMatching(/missing .* more/),
    ]);
  });

  it('does not affect other keys, which are reported', async () => {
    const checkpoint = await copy((path) =>
      withTensors((tensors) => {
        const all = tensors.map((tensor) => ({ ...tensor, name: `model.${tensor.name}` }));
        const extra = { ...(all[0] as TensorToWrite), name: 'loss.weight' };
        return writeSafetensors(join(path, 'model.safetensors'), [...all, extra]);
      }),
    );
    expect(await refusal(checkpoint)).toEqual([
      'invalid-checkpoint',
      expect.stringMatching(/\(1 keys\): unused loss\.weight\.$/),
    ]);
  });
});

const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 603000000\n';
const put =
  (file: string, content: string | Uint8Array, remove = 'nothing') =>
  async (path: string) => {
    await rm(join(path, remove), { force: true });
    await writeFile(join(path, file), content);
  };
const edit = (change: (config: Record<string, object>) => object) => async (path: string) => {
  const config = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'));
  await writeFile(join(path, 'config.json'), JSON.stringify({ ...config, ...change(config) }));
};
const part = (section: 'text_config' | 'vision_config', fields: object) =>
  edit((config) => ({ [section]: { ...config[section], ...fields } }));

describe('a file with the wrong content', () => {
  it.each([
    ['model.safetensors', 'invalid-checkpoint', 'nothing'],
    ['pytorch_model.bin', 'invalid-checkpoint', 'model.safetensors'],
    ['model.safetensors.index.json', 'invalid-config', 'model.safetensors'],
    ['config.json', 'invalid-config', 'nothing'],
    ['preprocessor_config.json', 'invalid-config', 'nothing'],
    ['vocab.json', 'invalid-config', 'nothing'],
    ['merges.txt', 'invalid-config', 'nothing'],
    ['tokenizer.json', 'invalid-config', 'vocab.json'],
  ])('%s as a Git LFS pointer', async (file, code, remove) => {
    const [got, message] = await refusal(await copy(put(file, pointer, remove)));
    expect(got).toBe(code);
    expect(message).toContain(`${file} is a Git LFS pointer, not the file: git lfs pull`);
  });

  it.each([
    ['vocab.json', '{', /vocab\.json is not JSON/],
    ['vocab.json', '[]', /vocab\.json is (no|not an) object/],
    ['merges.txt', 'a b c', /merges\.txt has the line/],
    ['config.json', '[]', /config\.json is not a JSON object/],
  ])('%s as %j', async (file, content, message) => {
    const [code, warnings] = await refusal(await copy(put(file, content)));
    expect([code, warnings]).toEqual(['invalid-config', expect.stringMatching(message)]);
  });
});

describe('a config that the weights contradict', () => {
  const hostile = join(fixtures, 'hostile/config-layers-1048576.json');
  it('a million layers', async () => {
    const checkpoint = await copy((path) => cp(hostile, join(path, 'config.json')));
    expect(await refusal(checkpoint)).toEqual([
      'invalid-config',
      expect.stringMatching(/num_hidden_layers is 1048576, not a whole number from 1 to 256/),
    ]);
  });

  it.each([
    [
      part('vision_config', { num_hidden_layers: 256 }),
      /vision_config\.num_hidden_layers is 256, the weights have 6/,
    ],
    [
      part('vision_config', { num_hidden_layers: 5 }),
      /vision_config\.num_hidden_layers is 5, the weights have 6/,
    ],
    [
      part('text_config', { num_hidden_layers: 256 }),
      /text_config\.num_hidden_layers is 256, the weights have 2/,
    ],
    [
      part('text_config', { vocab_size: 1 << 20 }),
      /text_config\.vocab_size is 1048576, .* has 3000/,
    ],
    [part('text_config', { hidden_size: 1 << 20 }), /text_config\.hidden_size is 1048576/],
    [
      part('text_config', { intermediate_size: 1 << 20 }),
      /text_config\.intermediate_size is 1048576/,
    ],
    [
      part('text_config', { max_position_embeddings: 1 << 20 }),
      /max_position_embeddings is 1048576/,
    ],
    [part('vision_config', { hidden_size: 1 << 20 }), /vision_config\.hidden_size is 1048576/],
    [part('vision_config', { intermediate_size: 1 << 20 }), /vision_config\.intermediate_size/],
    [part('vision_config', { image_size: 1 << 20 }), /image_size \/ patch_size/],
    [part('vision_config', { patch_size: 8 }), /vision_config\.patch_size is 8/],
    [edit(() => ({ projection_dim: 1 << 20 })), /projection_dim is 1048576, .* has 32/],
    [edit(() => ({ reduce_dim: 1 << 20 })), /reduce_dim is 1048576/],
    [edit(() => ({ decoder_intermediate_size: 1 << 20 })), /decoder_intermediate_size/],
    [edit(() => ({ extract_layers: [0, 1, 2, 3, 4, 5] })), /the length of extract_layers is 6/],
    [edit(() => ({ extract_layers: [1] })), /the length of extract_layers is 1/],
    [
      edit(() => ({ use_complex_transposed_convolution: false })),
      /use_complex_transposed_convolution is false/,
    ],
  ])('%#: is refused quickly, with both numbers', async (change, message) => {
    const [code, warnings] = await refusal(await copy(change));
    expect([code, warnings]).toEqual(['invalid-config', expect.stringMatching(message)]);
  });

  it('weights of another model: the first keys and their number', async () => {
    const checkpoint = await copy(renamed((name) => `bert.${name.replaceAll('.', '-')}`));
    expect(await refusal(checkpoint)).toEqual([
      'invalid-checkpoint',
      expect.stringMatching(/\(\d{3} keys\): missing .*and \d+ more; unused .*and \d+ more\.$/),
    ]);
  });

  it('a hostile name is shortened', async () => {
    const checkpoint = await copy((path) =>
      withTensors((tensors) => {
        const extra = { ...tensors[0]!, name: `\u001b[31m${'x'.repeat(900)}` };
        return writeSafetensors(join(path, 'model.safetensors'), [...tensors, extra]);
      }),
    );
    const [, message] = await refusal(checkpoint);
    expect(message).toMatch(/unused "\\u001b\[31mx{50,60}…"\.$/);
  });
});

describe('weights that are not finite', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    '%d is reported with its weight',
    async (value) => {
      const checkpoint = await copy((path) =>
        withTensors((tensors) =>
          writeSafetensors(
            join(path, 'model.safetensors'),
            tensors.map((tensor) => ({
              ...tensor,
              async read() {
                const bytes = new Uint8Array(await tensor.read());
                if (tensor.name === 'decoder.film_mul.weight') {
                  new DataView(bytes.buffer).setFloat32(40, value, true);
                }
                return bytes;
              },
            })),
          ),
        ),
      );
      expect(await refusal(checkpoint)).toEqual([
        'invalid-checkpoint',
        expect.stringMatching(new RegExp(`decoder\\.film_mul\\.weight contains ${value}`)),
      ]);
    },
  );
});

describe('a folder without tokenizer files', () => {
  it.each([
    [['vocab.json', 'merges.txt'], /has no vocab\.json and no merges\.txt \(nor tokenizer\.json\)/],
    [['merges.txt'], /has no merges\.txt \(nor tokenizer\.json\)/],
  ])('without %j is converted with a warning', async (missing, message) => {
    const checkpoint = await copy(async (path) => {
      for (const file of missing) await rm(join(path, file));
    });
    const [manifest, warnings] = await converted(checkpoint);
    expect(warnings).toEqual([expect.stringMatching(message)]);
    expect(warnings[0]).toContain('no texts. Copy the files from the repository');
    expect(manifest.tokenizer).toBeUndefined();
    const single: string[] = [];
    const output = join(folder, `single-${count++}`);
    await convertSingle({ checkpoint, output, onWarning: (text) => void single.push(text) });
    expect(single).toEqual(warnings);
  });
});
