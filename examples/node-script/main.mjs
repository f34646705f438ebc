// Cuts an object out of an image: npm start -w examples/node-script [-- IMAGE PROMPT]
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createClipSeg, decodeImage, presence } from '@clipseg/node';
import { cutout, toPng } from '@clipseg/node/formats';
import { matte, postprocess, refine, threshold } from '@clipseg/node/postprocess';

const example = fileURLToPath(new URL('../images/meadow.png', import.meta.url));
const [path = example, prompt = 'dog'] = process.argv.slice(2);

const clipSeg = await createClipSeg();
try {
  const image = await decodeImage(path);
  const segmentation = await clipSeg.segment(image, prompt);
  if (!presence(segmentation.segments[0]).present) {
    console.error(`There seems to be no ${prompt} in ${path}.`);
    process.exitCode = 1;
  } else {
    const steps = [refine(), threshold(0.5), matte()];
    const { segments } = postprocess(segmentation, steps, { image });
    await writeFile('cutout.png', toPng(cutout(image, segments[0], { crop: 8 })));
    console.log(`${prompt} -> cutout.png`);
  }
} finally {
  await clipSeg.dispose();
}
