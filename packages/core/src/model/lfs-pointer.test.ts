import { expect, it } from 'vitest';
import { checkLfsPointer } from './lfs-pointer.js';

it('a Git LFS pointer is told from a file by its first line', () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n';
  for (const content of [pointer, new TextEncoder().encode(pointer)]) {
    expect(() => checkLfsPointer(content, 'a.onnx', 'invalid-model')).toThrow(
      expect.objectContaining({
        code: 'invalid-model',
        message: expect.stringMatching(/^a\.onnx .*git lfs pull/),
      }),
    );
  }
  for (const content of ['', `x${pointer}`, new Uint8Array(3), pointer.slice(0, 20)]) {
    expect(() => checkLfsPointer(content, 'a.onnx', 'invalid-model')).not.toThrow();
  }
});
