import { readFileSync } from 'node:fs';
import { resize } from '@clipseg/core/model';
import { readSafetensors } from '@clipseg/core/testing';
import { describe, expect, it } from 'vitest';

const goldens = readSafetensors(
  readFileSync(new URL('../../../../fixtures/resize.safetensors', import.meta.url)),
);
const names = Object.keys(goldens).filter((name) => name.endsWith('.input'));

describe('resize equals Pillow to the bit', () => {
  it.each(names)('%s', (name) => {
    const input = goldens[name]!;
    const [height = 0, width = 0] = input.shape;
    const image = { width, height, channels: 3, data: input.data as Uint8Array } as const;
    for (const filter of ['bilinear', 'bicubic'] as const) {
      const expected = goldens[name.replace('input', filter)]!;
      const [h = 0, w = 0] = expected.shape;
      const result = resize(image, [h, w], filter);
      expect(Buffer.compare(new Uint8Array(result.data), expected.data as Uint8Array)).toBe(0);
    }
  });
});
