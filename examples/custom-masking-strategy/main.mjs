// Shows an object of one picture, and finds it in another: npm start -w
// examples/custom-masking-strategy
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { crop } from '@clipseg/core/masking';
import { createClipSeg, decodeImage, toOverlayPng } from '@clipseg/node';
import { pixelate } from './pixelate.mjs';

const path = (name) => fileURLToPath(new URL(`../images/${name}`, import.meta.url));
const clipSeg = await createClipSeg();
const picture = await decodeImage(path('holiday.png'));
const { segments } = await clipSeg.segment(picture, {
  image: path('meadow.png'),
  region: { box: [500, 36, 600, 160] },
  masking: [crop({ context: 0.2 }), pixelate({ block: 24 })],
  label: 'like the balloon of the meadow',
});
await mkdir('out', { recursive: true });
await writeFile('out/balloon.png', toOverlayPng(picture, segments));
console.log(segments[0].label, '-> out/balloon.png');
await clipSeg.dispose();
