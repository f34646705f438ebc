import type { RawImage, Segment, Segmentation } from '@clipseg/core';
import sharp from 'sharp';

/** Distinct, colour-blind safe colours (Okabe and Ito 2008), in an order that contrasts. */
export const palette: readonly (readonly [number, number, number])[] = [
  [230, 90, 20],
  [0, 114, 178],
  [0, 158, 115],
  [204, 121, 167],
  [240, 205, 40],
  [86, 180, 233],
];

type Source = Pick<Segmentation, 'width' | 'height'>;

/** An 8-bit PNG of one channel. */
export function encodeGrey(grey: Uint8Array, { width, height }: Source): Promise<Buffer> {
  const raw = { width, height, channels: 1 } as const;
  return sharp(grey, { raw }).toColourspace('b-w').png().toBuffer();
}

/** An 8-bit PNG of one channel at source size: 255 inside, 0 outside. */
export const encodeMask = (mask: Uint8Array, source: Source): Promise<Buffer> =>
  encodeGrey(
    mask.map((inside) => inside * 255),
    source,
  );

/** A 16-bit grey PNG at source size: 65535 is probability 1. */
export function encodeProbabilities(
  probabilities: Float32Array,
  { width, height }: Source,
): Promise<Buffer> {
  const raw = { width, height, channels: 1 } as const;
  const grey = Uint16Array.from(probabilities, (p) => Math.round(p * 65535));
  return sharp(grey, { raw }).toColourspace('grey16').png().toBuffer();
}

/** NumPy's format, version 1.0: float32, little-endian, C order. */
export function encodeNpy(data: Float32Array, shape: readonly number[]): Buffer {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  const prefix = 10;
  const length = Math.ceil((prefix + dictionary.length + 1) / 64) * 64 - prefix;
  const header = Buffer.alloc(prefix + length, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(length, 8);
  header.write(dictionary, prefix, 'latin1');
  header.write('\n', prefix + length - 1, 'latin1');
  return Buffer.concat([header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

/** Whether a pixel inside touches the outside: 4-neighbours, at a distance of `reach` pixels. */
function isEdge(
  mask: Uint8Array,
  width: number,
  height: number,
  i: number,
  reach: number,
): boolean {
  const x = i % width;
  const y = (i - x) / width;
  const outside = (xx: number, yy: number) =>
    xx >= 0 && yy >= 0 && xx < width && yy < height && mask[yy * width + xx] === 0;
  return (
    outside(x - reach, y) || outside(x + reach, y) || outside(x, y - reach) || outside(x, y + reach)
  );
}

/**
 * A PNG of the picture with every segment tinted in its colour and outlined.
 * @param image RGB
 */
export function encodeOverlay(
  image: RawImage,
  segments: readonly Pick<Segment, 'mask'>[],
  options: { threshold?: number; opacity?: number } = {},
): Promise<Buffer> {
  const { width, height } = image;
  const { opacity = 0.5 } = options;
  const pixels = Uint8Array.from(image.data);
  const reach = Math.max(1, Math.round(Math.max(width, height) / 400));
  for (const [s, segment] of segments.entries()) {
    const mask = segment.mask(options);
    const colour = palette[s % palette.length] as readonly [number, number, number];
    for (let i = 0; i < mask.length; i++) {
      if (mask[i] === 0) continue;
      const weight = isEdge(mask, width, height, i, reach) ? 1 : opacity;
      for (let c = 0; c < 3; c++) {
        const at = i * 3 + c;
        pixels[at] = Math.round(
          (pixels[at] as number) * (1 - weight) + (colour[c] as number) * weight,
        );
      }
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
