import { readFileSync } from 'node:fs';
import { ClipSegError, createClipSeg } from '@clipseg/core';
import type { Manifest, OpenedModel } from '@clipseg/core/model';
import { ortNode } from '@clipseg/node/ort';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../mini/model/', import.meta.url);
const read = (file: string): Buffer => readFileSync(new URL(file, folder));
const text = read('clipseg.json').toString();
const backend = ortNode();

describe('the files of a model', () => {
  const pointer = Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n');

  /** Files of the embedded model, some of them changed, listed with their actual sizes. */
  function changed(changes: Record<string, Uint8Array>, listAsIs = true): OpenedModel {
    const manifest = JSON.parse(text) as Manifest & {
      files: Record<string, { size: number; sha256: string }>;
    };
    for (const [name, { length: size }] of Object.entries(changes)) {
      if (listAsIs) manifest.files[name] = { ...manifest.files[name]!, size };
    }
    const get = async (name: string) => changes[name] ?? read(name);
    return { manifest, read: get, graph: get };
  }
  async function failed(opened: OpenedModel): Promise<[string, string]> {
    const open = async () => opened;
    const model = { specificationVersion: 1, name: 'changed', open } as const;
    const preload = ['visionEncoder', 'visionHead', 'textEncoder', 'decoder'] as const;
    try {
      const clipSeg = await createClipSeg({ backend, model, dtype: 'fp32', preload });
      await clipSeg.encodePrompts(['a cat']).finally(() => clipSeg.dispose());
    } catch (error) {
      if (!ClipSegError.isInstance(error)) throw error;
      return [error.code, error.message];
    }
    throw new Error('nothing was thrown');
  }
  const positions = read('position_embedding.bin');
  const nan = Buffer.from(positions);
  nan.writeFloatLE(Number.NaN, 400);

  it.each([
    [
      'position_embedding.bin',
      positions.subarray(4),
      'invalid-model',
      /has 151292 bytes, .* says 151296/,
    ],
    ['position_embedding.bin', pointer, 'invalid-model', /git lfs pull/],
    ['position_embedding.bin', nan, 'invalid-model', /position_embedding\.bin holds NaN/],
    ['vocab.json', pointer, 'invalid-model', /vocab\.json is a Git LFS pointer/],
    ['vocab.json', read('vocab.json').subarray(9), 'invalid-model', /vocab\.json has/],
    ['merges.txt', pointer, 'invalid-model', /merges\.txt is a Git LFS pointer/],
  ] as const)('%s that is wrong: %#', async (name, bytes, code, message) => {
    expect(await failed(changed({ [name]: bytes }, false))).toEqual([
      code,
      expect.stringMatching(message),
    ]);
  });

  it.each([
    ['decoder.onnx', Buffer.alloc(0), /decoder has no file/],
    ['decoder.onnx', read('decoder.onnx').subarray(0, 1000), /decoder\.onnx/],
    ['decoder.onnx', Buffer.from('<html>'), /decoder\.onnx/],
    ['decoder.onnx', pointer, /decoder\.onnx is a Git LFS pointer/],
    ['text_encoder.onnx', positions, /text_encoder\.onnx/],
    [
      'decoder.onnx',
      read('text_encoder.onnx'),
      /decoder\.onnx is not a graph .* for decoder .*: it takes "eos_rows, input_ids"/,
    ],
    ['vision_head.onnx', read('decoder.onnx'), /vision_head\.onnx is not a graph/],
  ] as const)('%s that is another file: %#', async (name, bytes, message) => {
    const [code, said] = await failed(changed({ [name]: bytes }));
    expect(['invalid-model', 'backend']).toContain(code);
    expect(said).toMatch(message);
  });
});
