// Makes docs/images/masks.png: an image, its overlay, a heat map and a cut-out.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { cutout, heatMap, toOverlayPng, toPng } from '@clipseg/core/formats';
import {
  largest,
  matte,
  morphology,
  otsu,
  postprocess,
  refine,
  scoresOf,
  threshold,
} from '@clipseg/core/postprocess';
import { createClipSeg, decodeImage } from '@clipseg/node';

const require = createRequire(new URL('../packages/node/package.json', import.meta.url));
const sharp = require('sharp') as typeof import('sharp').default;
const root = fileURLToPath(new URL('..', import.meta.url));
const [width, height, gap] = [400, 300, 8];
const prompts = ['croissant', 'kiwi fruit', 'hot beverage'];

const image = await decodeImage(`${root}examples/images/breakfast.png`);
const clipSeg = await createClipSeg();
const segmentation = await clipSeg.segment(image, prompts);
await clipSeg.dispose();
const steps = [
  refine(),
  threshold(otsu({ least: 0.3 })),
  morphology({ open: 2, fillHoles: true }),
  largest(),
  matte(),
];
const { segments } = postprocess(segmentation, steps, { image });

/** Checkerboard behind transparent parts. */
const squares = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
  <defs><pattern id="p" width="20" height="20" patternUnits="userSpaceOnUse">
    <rect width="20" height="20" fill="#fff"/><path d="M0 0h10v10H0zM10 10h10v10H10z" fill="#ddd"/>
  </pattern></defs><rect width="100%" height="100%" fill="url(#p)"/></svg>`;
const cut = await sharp(toPng(cutout(image, segments[0]!, { crop: 8 })))
  .resize(width - 60, height - 60, { fit: 'inside' })
  .toBuffer();
const panels = [
  toPng(image),
  toOverlayPng(image, segments, { dim: 0.35 }),
  toPng(heatMap(scoresOf(segmentation, 0), { image, map: 'turbo' })),
  await sharp(Buffer.from(squares))
    .composite([{ input: cut }])
    .png()
    .toBuffer(),
];
const panelImages = await Promise.all(
  panels.map(async (panel, i) => ({
    input: await sharp(panel).resize(width, height).toBuffer(),
    left: (i % 2) * (width + gap),
    top: Math.floor(i / 2) * (height + gap),
  })),
);
const canvas = { width: 2 * width + gap, height: 2 * height + gap };
await sharp({ create: { ...canvas, channels: 3, background: '#ffffff' } })
  .composite(panelImages)
  .png({ palette: true })
  .toFile(`${root}docs/images/masks.png`);
