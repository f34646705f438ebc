import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convert } from '@clipseg/convert';
import { createClipSeg, type Dtype } from '@clipseg/core';
import { seededRandom } from '@clipseg/core/internal';
import { graphStems, type ModelSource, readManifest } from '@clipseg/core/model';
import { ortBackend } from '@clipseg/core/ort';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Parameters } from '../src/checkpoint/parameters.js';
import { openSafetensors } from '../src/checkpoint/safetensors.js';
import { readFloat32, type Weight } from '../src/checkpoint/weights.js';
import { type TensorToWrite, writeSafetensors } from '../src/checkpoint/write-safetensors.js';
import { builders } from '../src/clipseg/graphs.js';
import { encodeModel } from '../src/onnx/write-model.js';

// CLIP's LayerNorms have a few output channels 30 times larger than the rest, which ruins 8-bit
// activations with a scale per tensor. This checkpoint gets such channels too.

const fixtures = fileURLToPath(new URL('../../../fixtures/', import.meta.url));
const source = join(fixtures, 'checkpoints/tiny-refined');
const backend = ortBackend({ ort, name: 'onnxruntime-node/cpu' });
let folder: string;
let checkpoint: string;

const isNorm = (name: string) => /encoder\.layers\.\d+\.layer_norm\d\.weight$/.test(name);

function withOutliers(weight: Weight, random: () => number): TensorToWrite {
  if (!isNorm(weight.name)) return weight;
  return {
    ...weight,
    async read() {
      const values = await readFloat32(weight);
      for (let i = 0; i < 2; i++) {
        const channel = Math.floor(random() * values.length);
        values[channel] = values[channel]! * 30;
      }
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    },
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-'));
  checkpoint = join(folder, 'outliers');
  await cp(source, checkpoint, { recursive: true });
  const random = seededRandom(30);
  const weights = await openSafetensors(join(source, 'model.safetensors'));
  const tensors = weights.names.map((name) => withOutliers(weights.get(name), random));
  await writeSafetensors(join(checkpoint, 'model.safetensors'), tensors);
  await weights.close();
});
afterAll(() => rm(folder, { recursive: true }));

async function logits(model: string, dtype: Dtype): Promise<Float32Array[]> {
  const opened = {
    manifest: readManifest(await readFile(join(model, 'clipseg.json'))),
    read: (path: string) => readFile(join(model, path)),
    graph: async (path: string) => join(model, path),
  };
  const source: ModelSource = {
    specificationVersion: 1,
    name: model,
    open: async () => opened,
  };
  const clipSeg = await createClipSeg({ backend, model: source, dtype });
  const { data, info } = await sharp(join(fixtures, 'images/chelsea.png'))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const image = { width: info.width, height: info.height, channels: 3, data } as const;
  const prompts = ['a cat', 'the wall', 'a blue sofa', 'wood'];
  const { segments } = await clipSeg.segment(image, prompts, { resolution: 96 });
  await clipSeg.dispose();
  return segments.map((segment) => segment.logits);
}

function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (x: Float32Array) => x.reduce((sum, value) => sum + value, 0) / x.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

const worst = (a: readonly Float32Array[], b: readonly Float32Array[]): number =>
  Math.min(...a.map((one, i) => correlation(one, b[i]!)));

it('smoothing preserves the logits of a checkpoint with outlier channels', async () => {
  const output = join(folder, 'graphs');
  const { config } = await convert({ checkpoint, output, dtypes: ['fp32', 'int8'], backend });
  const exact = await logits(output, 'fp32');
  const smoothed = worst(exact, await logits(output, 'int8'));

  // The same graphs without smoothing.
  const plain = join(folder, 'plain');
  await cp(output, plain, { recursive: true });
  const weights = await openSafetensors(join(checkpoint, 'model.safetensors'));
  for (const name of ['visionEncoder', 'textEncoder'] as const) {
    const graph = builders[name](new Parameters(weights), config, { linear: 'int8' });
    const pieces: Uint8Array[] = [];
    for await (const piece of encodeModel(graph)) pieces.push(piece);
    await writeFile(join(plain, `${graphStems[name]}_int8.onnx`), Buffer.concat(pieces));
  }
  await weights.close();
  const unsmoothed = worst(exact, await logits(plain, 'int8'));
  console.info(
    `correlation with fp32: ${smoothed.toFixed(5)}, unsmoothed ${unsmoothed.toFixed(5)}`,
  );
  expect(smoothed).toBeGreaterThan(0.999);
  expect(unsmoothed).toBeLessThan(smoothed);
});
