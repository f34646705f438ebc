import { expect, it } from 'vitest';
import { pixelValues } from './normalize.js';

it('pixel values are planes of (v * factor - mean) / std', () => {
  const data = Uint8Array.of(0, 10, 20, 255, 110, 120);
  const given = { rescaleFactor: 0.5, imageMean: [1, 2, 3], imageStd: [2, 4, 8] } as const;
  const found = pixelValues({ width: 1, height: 2, channels: 3, data }, given as never);
  expect([...found]).toEqual([-0.5, 63.25, 0.75, 13.25, 0.875, 7.125]);
});
