// Counts the turns of the event loop while an image is encoded: npm start -w
// examples/custom-backend
import { fileURLToPath } from 'node:url';
import { createClipSeg } from '@clipseg/node';
import { ortNode } from '@clipseg/node/ort';
import { threadBackend } from './thread-backend.mjs';

const image = fileURLToPath(new URL('../images/meadow.png', import.meta.url));
const inThread = threadBackend();
for (const backend of [ortNode(), inThread]) {
  const clipSeg = await createClipSeg({ backend });
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await clipSeg.encodeImage(image, { resolution: 640 });
  clearInterval(timer);
  console.log(`${backend.name}: ${turns} turns of the event loop during the encoding`);
  await clipSeg.dispose();
}
await inThread.close();
