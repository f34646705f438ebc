import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertSingle } from '@clipseg/convert';
import { type FixtureTensor, readNpy, readSafetensors } from '@clipseg/core/testing';
import {
  AutoProcessor,
  AutoTokenizer,
  CLIPSegForImageSegmentation,
  env,
  RawImage,
  Tensor,
} from '@huggingface/transformers';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const fixtures = fileURLToPath(new URL('../../../fixtures/', import.meta.url));
const sizes = { 'tiny-refined': '64', 'tiny-simple': '40' } as const;

function compare(a: ArrayLike<number>, b: ArrayLike<number>) {
  expect(a.length).toBe(b.length);
  let [error, ab, aa, bb] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    error = Math.max(error, Math.abs(x - y));
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return { error, cosine: ab / Math.sqrt(aa * bb) };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(['tiny-refined', 'tiny-simple'] as const)('the one-file layout of %s', (name) => {
  const source = join(fixtures, 'checkpoints', name);
  let goldens: Record<string, FixtureTensor>;
  let output: string;

  beforeAll(async () => {
    goldens = readSafetensors(await readFile(join(source, 'goldens.safetensors')));
    const checkpoint = join(folder, `${name}-checkpoint`);
    await cp(source, checkpoint, { recursive: true });
    const size = { height: Number(sizes[name]), width: Number(sizes[name]) };
    const preprocessor = {
      image_processor_type: 'ViTImageProcessor',
      do_resize: true,
      do_rescale: true,
      do_normalize: true,
      resample: 2,
      size,
      image_mean: [0.485, 0.456, 0.406],
      image_std: [0.229, 0.224, 0.225],
    };
    await writeFile(join(checkpoint, 'preprocessor_config.json'), JSON.stringify(preprocessor));
    output = join(folder, name);
    await convertSingle({ checkpoint, output, dtypes: ['fp32', 'fp16', 'int8'] });
  });

  async function logits(file: string): Promise<ArrayLike<number>> {
    const session = await ort.InferenceSession.create(join(output, file), { logSeverityLevel: 3 });
    const ids = goldens.input_ids!;
    const mask = goldens.attention_mask!;
    const pixels = goldens[`${sizes[name]}.pixel_values`]!;
    const results = await session.run({
      input_ids: new ort.Tensor('int64', ids.data as BigInt64Array, ids.shape),
      attention_mask: new ort.Tensor('int64', mask.data as BigInt64Array, mask.shape),
      pixel_values: new ort.Tensor('float32', pixels.data as Float32Array, pixels.shape),
    });
    await session.release();
    return results.logits!.data as Float32Array;
  }
  const expected = () => goldens[`${sizes[name]}.logits`]!.data as Float32Array;

  it('fp32 equals the reference', async () => {
    const { error } = compare(await logits('onnx/model.onnx'), expected());
    expect(error).toBeLessThan(2e-4);
  });
  it.each(['model_fp16', 'model_quantized'])('%s is close to it', async (file) => {
    const { cosine } = compare(await logits(`onnx/${file}.onnx`), expected());
    expect(cosine).toBeGreaterThan(0.99);
  });
});

describe.each(['fp32', 'q8'] as const)('transformers.js loads %s', (dtype) => {
  const options = { dtype };
  beforeAll(() => {
    env.allowRemoteModels = false;
    env.localModelPath = folder;
  });

  it('and gives the reference logits for its pixels', async () => {
    const bytes = await readFile(join(fixtures, 'checkpoints/tiny-refined/goldens.safetensors'));
    const goldens = readSafetensors(bytes);
    const tensor = (name: string, type: 'int64' | 'float32') => {
      const { data, shape } = goldens[name]!;
      return new Tensor(type, data as Float32Array, [...shape]);
    };
    const model = await CLIPSegForImageSegmentation.from_pretrained('tiny-refined', options);
    const { logits } = await model({
      input_ids: tensor('input_ids', 'int64'),
      attention_mask: tensor('attention_mask', 'int64'),
      pixel_values: tensor('64.pixel_values', 'float32'),
    });
    await model.dispose();
    const expected = goldens['64.logits']!.data as Float32Array;
    const { error, cosine } = compare(logits.data as Float32Array, expected);
    expect(error).toBeLessThan(dtype === 'fp32' ? 2e-4 : Number.POSITIVE_INFINITY);
    expect(cosine).toBeGreaterThan(0.99);
  });

  // It resizes the image differently, so the logits are close, not equal.
  it('and gives close logits with its own tokenizer and processor', async () => {
    const tokenizer = await AutoTokenizer.from_pretrained('tiny-refined');
    const processor = await AutoProcessor.from_pretrained('tiny-refined');
    const model = await CLIPSegForImageSegmentation.from_pretrained('tiny-refined', options);
    const e2e = join(fixtures, 'e2e');
    const cases = JSON.parse(await readFile(join(e2e, 'index-64.json'), 'utf8'));
    for (const { image, prompt, logits: file } of cases) {
      const pixels = await processor(await RawImage.read(join(fixtures, 'images', image)));
      const { logits } = await model({ ...tokenizer([prompt]), ...pixels });
      const expected = readNpy(await readFile(join(e2e, file)));
      expect(compare(logits.data as Float32Array, expected).cosine).toBeGreaterThan(0.95);
    }
    await model.dispose();
  });
});
