// Shows an object of one image, and finds a similar one in another image: npm start -w
// examples/custom-masking-strategy
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { crop } from '@clipseg/core/prompts';
import { createClipSeg, decodeImage } from '@clipseg/node';
import { toOverlayPng } from '@clipseg/node/formats';
import { pixelate } from './pixelate.mjs';

const path = (name) => fileURLToPath(new URL(`../images/${name}`, import.meta.url));
const clipSeg = await createClipSeg();
const image = await decodeImage(path('holiday.png'));
const { segments } = await clipSeg.segment(image, {
  image: path('meadow.png'),
  region: { box: [500, 36, 600, 160] },
  masking: [crop({ context: 0.2 }), pixelate({ block: 24 })],
  label: 'like the balloon in the meadow',
});
await mkdir('out', { recursive: true });
await writeFile('out/balloon.png', toOverlayPng(image, segments));
console.log(segments[0].label, '-> out/balloon.png');
await clipSeg.dispose();
