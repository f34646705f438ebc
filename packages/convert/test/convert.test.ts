import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ConvertOptions, convert } from '@clipseg/convert';
import type { Dtype, Progress } from '@clipseg/core';
import { type Backend, parseManifest } from '@clipseg/core/model';
import { ortBackend } from '@clipseg/core/ort';
import * as ort from 'onnxruntime-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSafetensors } from '../src/checkpoint/safetensors.js';
import { type TensorToWrite, writeSafetensors } from '../src/checkpoint/write-safetensors.js';
import { scratchFolder, temporaryFile } from '../src/files/leftovers.js';

const source = fileURLToPath(
  new URL('../../../fixtures/checkpoints/tiny-refined', import.meta.url),
);
const backend = ortBackend({ ort, name: 'onnxruntime-node/cpu' });

let folder: string;
let output: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-'));
  output = join(folder, 'output');
});
afterEach(() => rm(folder, { recursive: true }));

/** Makes a copy of the checkpoint with changed weights. */
async function changed(change: (tensors: TensorToWrite[]) => TensorToWrite[]): Promise<string> {
  const checkpoint = join(folder, 'checkpoint');
  await cp(source, checkpoint, { recursive: true });
  const path = join(checkpoint, 'model.safetensors');
  const weights = await openSafetensors(join(source, 'model.safetensors'));
  await writeSafetensors(path, change(weights.names.map((name) => weights.get(name))));
  await weights.close();
  return checkpoint;
}

describe('the output', () => {
  it('is listed in the manifest with sizes and digests, without other files', async () => {
    const manifest = await convert({
      checkpoint: source,
      output,
      backend,
      name: 'tiny',
      dtypes: ['fp32', 'fp16', 'int8'],
    });
    const written = await readdir(output);
    expect(written.sort()).toEqual([...Object.keys(manifest.files), 'clipseg.json'].sort());
    for (const [file, { size, sha256 }] of Object.entries(manifest.files)) {
      const bytes = await readFile(join(output, file));
      expect([file, bytes.length]).toEqual([file, size]);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    const json = JSON.parse(await readFile(join(output, 'clipseg.json'), 'utf8'));
    expect(parseManifest(json)).toEqual(JSON.parse(JSON.stringify(manifest)));
    expect(manifest.source.name).toBe('tiny');
    expect(Object.keys(manifest.variants)).toEqual(['fp32', 'fp16', 'int8']);
    expect(manifest.variants.int8?.decoder).toBe('decoder.onnx'); // fp32 in every dtype
  });

  it('is the same with and without other dtypes', async () => {
    const one = await convert({ checkpoint: source, output, dtypes: ['fp16'] });
    const all = join(folder, 'all');
    const three = await convert({ checkpoint: source, output: all, dtypes: ['fp32', 'fp16'] });
    const graph = 'vision_encoder_fp16.onnx';
    expect(one.files[graph]?.sha256).toBe(three.files[graph]?.sha256);
    expect(Object.keys(one.files)).not.toContain('vision_encoder.onnx');
  });

  it('is reported byte by byte', async () => {
    const seen = new Map<string, Progress[]>();
    const onProgress = (p: Progress) => void seen.set(p.file, [...(seen.get(p.file) ?? []), p]);
    const { files } = await convert({ checkpoint: source, output, onProgress });
    const graphs = ['vision_encoder', 'vision_head', 'text_encoder', 'decoder'];
    expect([...seen.keys()]).toEqual(graphs.map((name) => `${name}.onnx`));
    for (const [file, steps] of seen) {
      const bytes = steps.map((step) => step.loadedBytes);
      expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
      const totals = new Set(steps.map((step) => step.totalBytes));
      expect([...totals]).toEqual([bytes.at(-1)]);
      const size = files[file]?.size ?? 0; // the weights, and some kilobytes of structure
      expect(bytes.at(-1)).toBeLessThan(size);
      expect(bytes.at(-1)).toBeGreaterThan(size - 64 * 1024);
    }
  });

  it('gets its manifest last, after the one of an earlier model was removed', async () => {
    const manifest = join(output, 'clipseg.json');
    await convert({ checkpoint: source, output });
    const early: string[] = [];
    const onProgress = ({ file }: Progress) => void (existsSync(manifest) && early.push(file));
    const { files } = await convert({ checkpoint: source, output, dtypes: ['fp16'], onProgress });
    expect(early).toEqual([]);
    const written = async (file: string) =>
      (await stat(join(output, file), { bigint: true })).mtimeNs;
    const times = await Promise.all(Object.keys(files).map(written));
    const last = await written('clipseg.json');
    expect(times.every((time) => time <= last)).toBe(true);
  });
});

describe('refuses', () => {
  it('missing, unused and misshapen weights in one error', async () => {
    const checkpoint = await changed((tensors) => {
      const rest = tensors.filter(({ name }) => name !== 'decoder.film_mul.weight');
      const [first] = rest as [TensorToWrite];
      const extra = { ...first, name: 'decoder.surprise' };
      return [...rest, extra].map((tensor) =>
        tensor.name === 'decoder.film_mul.bias'
          ? { ...tensor, shape: [...tensor.shape, 1] }
          : tensor,
      );
    });
    await expect(convert({ checkpoint, output })).rejects.toMatchObject({
      code: 'invalid-checkpoint',
      message: expect.stringMatching(
        /3 keys.*missing decoder\.film_mul\.weight.*film_mul\.bias is .*unused decoder\.surprise/,
      ),
    });
    expect(await readdir(folder)).not.toContain('output');
  });

  it.each([
    [{ dtypes: [] }, /none given/],
    [{ dtypes: ['int4' as Dtype] }, /"int4"; choose among fp32, fp16, int8/],
    [{ dtypes: ['int8'], backend: undefined }, /int8 needs calibration.*pass a backend/],
    [{ backend: { name: 'old' } as Backend }, /The backend "old" has no specificationVersion/],
  ] as [Partial<ConvertOptions>, RegExp][])('%j is refused', async (options, message) => {
    const call = convert({ checkpoint: source, output, ...options });
    await expect(call).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(convert({ checkpoint: source, output, ...options })).rejects.toThrow(message);
  });

  it('an output that is a file', async () => {
    await writeFile(output, '');
    await expect(convert({ checkpoint: source, output })).rejects.toMatchObject({ code: 'io' });
  });

  it('a weight beyond the range of float16, but not with fp32', async () => {
    const large = new Uint8Array(Float32Array.of(1e6).buffer);
    const checkpoint = await changed((tensors) =>
      tensors.map((tensor) =>
        tensor.name === 'clip.vision_model.pre_layrnorm.weight'
          ? {
              ...tensor,
              read: async () => {
                const bytes = new Uint8Array(await tensor.read());
                bytes.set(large);
                return bytes;
              },
            }
          : tensor,
      ),
    );
    const fp16 = convert({ checkpoint, output, dtypes: ['fp16'] });
    await expect(fp16).rejects.toThrow(/pre_layrnorm\.weight contains 1000000/);
    await convert({ checkpoint, output, dtypes: ['fp32'] });
  });
});

describe('an interruption', () => {
  it.each([1, 3, 5])('after %i files leaves no model and no temporary files', async (files) => {
    const controller = new AbortController();
    const done = new Set<string>();
    const onProgress = ({ file, loadedBytes, totalBytes }: Progress) => {
      if (loadedBytes === totalBytes) done.add(file);
      if (done.size === files) controller.abort(new Error('enough'));
    };
    const dtypes = ['fp32', 'fp16'] as const;
    const { signal } = controller;
    const call = convert({ checkpoint: source, output, dtypes, onProgress, signal, backend });
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
    const left = await readdir(output);
    expect(left).not.toContain('clipseg.json');
    expect(left.filter((name) => /tmp|scratch/.test(name))).toEqual([]);
    await convert({ checkpoint: source, output, dtypes }); // the folder can be used again
  });

  it('leaves no old manifest beside new graphs', async () => {
    await convert({ checkpoint: source, output });
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = () => controller.abort();
    const call = convert({ checkpoint: source, output, onProgress, signal });
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
    expect(await readdir(output)).not.toContain('clipseg.json');
  });

  it('by weights that do not match leaves an earlier model unchanged', async () => {
    const { files } = await convert({ checkpoint: source, output });
    const checkpoint = await changed((tensors) => tensors.slice(1));
    await expect(convert({ checkpoint, output })).rejects.toThrow(/missing/);
    expect((await readdir(output)).sort()).toEqual([...Object.keys(files), 'clipseg.json'].sort());
  });

  it('that killed an earlier run: the next run removes its leftovers', async () => {
    const dead = spawnSync(process.execPath, ['--version']).pid;
    const left = [scratchFolder(output), temporaryFile(join(output, 'decoder.onnx'))];
    for (const path of left) {
      await mkdir(path.replace(`-${process.pid}-`, `-${dead}-`), { recursive: true });
    }
    expect(await readdir(output)).toHaveLength(2);
    const { files } = await convert({ checkpoint: source, output });
    expect((await readdir(output)).sort()).toEqual([...Object.keys(files), 'clipseg.json'].sort());
  });

  it('before it starts', async () => {
    const signal = AbortSignal.abort();
    const call = convert({ checkpoint: source, output, signal });
    await expect(call).rejects.toMatchObject({ code: 'aborted' });
  });
});

it('other layers can be extracted', async () => {
  const { config } = await convert({ checkpoint: source, output, extractLayers: [0, 1, 2] });
  expect(config.extractLayers).toEqual([0, 1, 2]);
  const call = convert({ checkpoint: source, output, extractLayers: [0, 1, 99] });
  await expect(call).rejects.toMatchObject({ code: 'invalid-config' });
});
