import { fileURLToPath } from 'node:url';
import { decodeImage } from '@clipseg/node';
import { toPng } from '@clipseg/node/formats';
import sharp from 'sharp';

const example = fileURLToPath(new URL('../images/meadow.png', import.meta.url));
const [WIDTH, HEIGHT, COUNT] = [320, 240, 16];

/** Returns frames of a view that moves across the example image. */
async function exampleFrames() {
  return Promise.all(
    Array.from({ length: COUNT }, async (_, i) => {
      const left = Math.round(((640 - WIDTH) * i) / (COUNT - 1));
      const view = { left, top: 20, width: WIDTH, height: HEIGHT };
      return decodeImage(await sharp(example).extract(view).png().toBuffer());
    }),
  );
}

/** Returns the frames of a GIF or WebP as RawImages; without a path, the example's. */
export async function framesOf(path) {
  if (path === undefined) return exampleFrames();
  const { pages = 1 } = await sharp(path).metadata();
  const frame = (page) => sharp(path, { page }).png().toBuffer().then(decodeImage);
  return Promise.all(Array.from({ length: pages }, (_, page) => frame(page)));
}

/** Encodes images as an animated WebP. */
export function animationOf(images) {
  const frames = images.map((image) => toPng(image));
  return sharp(frames, { join: { animated: true } })
    .webp({ delay: frames.map(() => 120) })
    .toBuffer();
}
