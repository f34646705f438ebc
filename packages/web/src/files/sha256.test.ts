import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { sha256 } from './sha256.js';

it("matches Node's at every length around a block, and for subarrays", () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 131 + (i >> 8)) % 256);
  for (const length of [...Array(200).keys(), 99_990]) {
    const part = bytes.subarray(7, 7 + length);
    const expected = createHash('sha256').update(part).digest('hex');
    expect(Buffer.from(sha256(part)).toString('hex')).toBe(expected);
  }
});
