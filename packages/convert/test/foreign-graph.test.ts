import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convert } from '@clipseg/convert';
import { encodeModel, Graph, ops } from '@clipseg/convert/onnx';
import { createClipSeg } from '@clipseg/core';
import type { ModelSource } from '@clipseg/core/model';
import { ortBackend } from '@clipseg/core/ort';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, expect, it } from 'vitest';

const checkpoint = fileURLToPath(
  new URL('../../../fixtures/checkpoints/tiny-refined', import.meta.url),
);
const backend = ortBackend({ ort, name: 'onnxruntime-node/cpu' });
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clipseg-'));
  await convert({ checkpoint, output: folder });
});
afterAll(() => rm(folder, { recursive: true }));

async function bytesOf(graph: Graph): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeModel(graph)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A graph with the decoder's names that returns the features as logits. */
function foreignDecoder(): Promise<Uint8Array> {
  const graph = new Graph('decoder');
  const features = graph.input('features', 'float32', [1, 3, 'tokens', 16]);
  graph.input('conditional_embedding', 'float32', ['prompts', 32]);
  graph.input('grid', 'int64', [2]);
  graph.output('logits', ops.relu(graph, features));
  return bytesOf(graph);
}

/** A graph with the names and sizes of the text encoder that returns its ids. */
function foreignTextEncoder(): Promise<Uint8Array> {
  const graph = new Graph('text_encoder');
  const ids = graph.input('input_ids', 'int32', ['batch', 'length']);
  graph.input('eos_rows', 'int32', ['batch']);
  graph.output('text_embedding', ops.cast(graph, ids, 'float32'));
  return bytesOf(graph);
}

it.each([
  ['decoder.onnx', foreignDecoder, /gives logits as \[1, 3, 17, 16\], not \[1, 64, 64\]/],
  ['text_encoder.onnx', foreignTextEncoder, /gives text_embedding as \[1, \d+\], not \[1, 32\]/],
])(
  '%s with the right names and wrong shapes is reported at its first run',
  async (file, make, message) => {
    const bytes = await make();
    const manifest = JSON.parse(await readFile(join(folder, 'clipseg.json'), 'utf8'));
    manifest.files[file].size = bytes.length;
    const model: ModelSource = {
      specificationVersion: 1,
      name: 'changed',
      open: async () => ({
        manifest,
        read: (path) => readFile(join(folder, path)),
        graph: async (path) => (path === file ? bytes : join(folder, path)),
      }),
    };
    const clipSeg = await createClipSeg({ backend, model });
    const image = { width: 32, height: 32, channels: 3, data: new Uint8Array(3072) } as const;
    const error: unknown = await clipSeg.segment(image, ['a cat']).catch((reason) => reason);
    await clipSeg.dispose();
    expect(error).toMatchObject({ code: 'invalid-model', message: expect.stringMatching(message) });
    expect(error).toMatchObject({ message: expect.stringContaining(`${file} is not a graph of`) });
  },
);
