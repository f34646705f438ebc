import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convert } from '@clipseg/convert';
import { createClipSeg, type Dtype } from '@clipseg/core';
import { ortBackend } from '@clipseg/core/ort';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import { openSafetensors } from '../src/checkpoint/safetensors.js';
import { readFloat32 } from '../src/checkpoint/weights.js';
import { writeSafetensors } from '../src/checkpoint/write-safetensors.js';
import { builders } from '../src/clipseg/graphs.js';
import { Parameters } from '../src/clipseg/parameters.js';
import { encodeModel } from '../src/onnx/write-model.js';
import { seededRandom } from '../src/quantize/calibration-pixels.js';

const fixtures = '/work/main/fixtures/';
const source = join(fixtures, 'checkpoints/tiny-refined');
const backend = ortBackend({ ort, name: 'x' });
const images = ['images/chelsea.png', 'scenes/images/000.png', 'scenes/images/001.png', 'scenes/images/010.png'];
async function logits(model: string, dtype: Dtype, size: number) {
  const files = { read: (p: string) => readFile(join(model, p)), graph: async (p: string) => join(model, p) };
  const clipSeg = await createClipSeg({ backend, model: { name: model, open: async () => files }, dtype });
  const all: Float32Array[] = [];
  for (const i of images) {
    const { data, info } = await sharp(join(fixtures, i)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const image = { width: info.width, height: info.height, channels: 3, data } as const;
    const { segments } = await clipSeg.segment(image, ['a cat', 'the wall', 'a blue sofa', 'wood'], { size });
    all.push(...segments.map((s) => s.logits));
  }
  await clipSeg.dispose();
  return all;
}
function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (x: Float32Array) => x.reduce((s, v) => s + v, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) { const [x, y] = [a[i]! - ma, b[i]! - mb]; ab += x * y; aa += x * x; bb += y * y; }
  return ab / Math.sqrt(aa * bb);
}
const stat = (a: Float32Array[], b: Float32Array[]) => {
  const c = a.map((x, i) => correlation(x, b[i]!));
  const cat = (l: Float32Array[]) => Float32Array.from(l.flatMap((x) => [...x]));
  return `min ${Math.min(...c).toFixed(5)} mean ${(c.reduce((s, v) => s + v) / c.length).toFixed(5)} all ${correlation(cat(a), cat(b)).toFixed(5)}`;
};
for (const [seed, n, factor] of [[30, 3, 30], [1, 3, 30], [2, 3, 30], [3, 3, 30], [4, 3, 30]] as const) {
  const folder = await mkdtemp(join(tmpdir(), 'clipseg-'));
  const checkpoint = join(folder, 'c');
  await cp(source, checkpoint, { recursive: true });
  const random = seededRandom(seed);
  const w = await openSafetensors(join(source, 'model.safetensors'));
  await writeSafetensors(join(checkpoint, 'model.safetensors'), w.names.map((name) => {
    const weight = w.get(name);
    if (!/encoder\.layers\.\d+\.layer_norm\d\.weight$/.test(name)) return weight;
    return { ...weight, async read() {
      const v = await readFloat32(weight);
      const set = new Set<number>();
      while (set.size < n) set.add(Math.floor(random() * v.length));
      for (const c of set) v[c]! *= factor;
      return new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
    } };
  }));
  const output = join(folder, 'o');
  const { config } = await convert({ checkpoint, output, dtypes: ['fp32', 'int8'], backend });
  const plain = join(folder, 'p');
  await cp(output, plain, { recursive: true });
  const weights = await openSafetensors(join(checkpoint, 'model.safetensors'));
  for (const name of ['vision_encoder', 'text_encoder'] as const) {
    const graph = builders[name](new Parameters(weights), config, { linear: 'int8' });
    const pieces: Uint8Array[] = [];
    for await (const piece of encodeModel(graph)) pieces.push(piece);
    await writeFile(join(plain, `${name}_int8.onnx`), Buffer.concat(pieces));
  }
  for (const size of [64, 96]) {
    const exact = await logits(output, 'fp32', size);
    console.log(seed, n, size, 'smoothed', stat(exact, await logits(output, 'int8', size)), '| plain', stat(exact, await logits(plain, 'int8', size)));
  }
  await rm(folder, { recursive: true });
}
