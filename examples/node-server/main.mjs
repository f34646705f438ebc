// npm start -w examples/node-server, then:
//   curl --data-binary @photo.jpg "http://localhost:8080/?prompt=a+cat" -o mask.png
import { createClipSeg } from '@clipseg/node';
import { createSegmentationServer } from './server.mjs';

const clipSeg = await createClipSeg();
const server = createSegmentationServer(clipSeg).listen(process.env.PORT ?? 8080, () => {
  console.log(`http://localhost:${server.address().port}`);
});
let stopping = false;
async function stop() {
  if (stopping) process.exit(1); // second signal
  stopping = true;
  await server.drain();
  await clipSeg.dispose();
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
