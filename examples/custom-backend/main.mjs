// Counts how often the event loop turns while a picture is encoded: npm start -w
// examples/custom-backend
import { fileURLToPath } from 'node:url';
import { createClipSeg, ortNode } from '@clipseg/node';
import { threadBackend } from './thread-backend.mjs';

const picture = fileURLToPath(new URL('../images/meadow.png', import.meta.url));
const own = threadBackend();
for (const backend of [ortNode(), own]) {
  const clipSeg = await createClipSeg({ backend });
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await clipSeg.encodeImage(picture, { resolution: 640 });
  clearInterval(timer);
  console.log(`${backend.name}: the event loop turned ${turns} times meanwhile`);
  await clipSeg.dispose();
}
await own.close();
