// Segments what is red, and what has the color of a lawn: npm start -w
// examples/custom-prompt-strategy
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createClipSeg, decodeImage } from '@clipseg/node';
import { toOverlayPng } from '@clipseg/node/formats';
import { swatch } from './swatch.mjs';

const clipSeg = await createClipSeg({ strategies: [swatch()] });
const image = await decodeImage(fileURLToPath(new URL('../images/breakfast.png', import.meta.url)));
const { segments } = await clipSeg.segment(image, [
  { swatch: [215, 40, 40] },
  { swatch: [90, 170, 60] },
]);
await mkdir('out', { recursive: true });
await writeFile('out/swatches.png', toOverlayPng(image, segments));
console.log(segments.map(({ label }) => label).join(' and '), '-> out/swatches.png');
await clipSeg.dispose();
