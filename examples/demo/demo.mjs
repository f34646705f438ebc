// Segments the example images with the embedded model: each is encoded once and prompted often.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClipSeg, decodeImage } from '@clipseg/node';
import { toMaskPng, toOverlayPng } from '@clipseg/node/formats';

const folder = fileURLToPath(new URL('../images/', import.meta.url));
const out = join(process.cwd(), 'out');
const promptsOf = {
  'breakfast.png': ['croissant', 'hot beverage', 'watermelon', 'kiwi fruit'],
  'meadow.png': ['cow', 'dog', 'sunflower', 'balloon'],
  'holiday.png': ['bus', 'tent', 'tropical fish', 'balloon'],
};

await mkdir(out, { recursive: true });
const clipSeg = await createClipSeg();
for (const [name, prompts] of Object.entries(promptsOf)) {
  const image = await decodeImage(join(folder, name));
  const encoded = await clipSeg.encodeImage(image);
  const { segments, timings } = await clipSeg.segment(encoded, prompts);
  for (const segment of segments) {
    const mask = segment.mask();
    const share = (100 * mask.reduce((sum, inside) => sum + inside, 0)) / mask.length;
    const file = `${name.replace('.png', '')}.${segment.label.replaceAll(' ', '-')}.mask.png`;
    await writeFile(join(out, file), toMaskPng(mask, image));
    console.log(
      `${name}  ${segment.label.padEnd(14)} ${share.toFixed(1).padStart(5)} %  out/${file}`,
    );
  }
  const overlay = name.replace('.png', '.overlay.png');
  await writeFile(join(out, overlay), toOverlayPng(image, segments));
  const encode = encoded.timings.encode.toFixed(0);
  const each = ((timings.prompts + timings.decode) / prompts.length).toFixed(0);
  console.log(`${name}  encoded in ${encode} ms, each prompt ${each} ms -> out/${overlay}\n`);
}
await clipSeg.dispose();
