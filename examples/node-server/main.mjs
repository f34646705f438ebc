// npm start -w examples/node-server, then:
//   curl --data-binary @photo.jpg "http://localhost:8080/?prompt=a+cat" -o mask.png
import { createClipSeg } from '@clipseg/node';
import { createSegmentationServer } from './server.mjs';

const clipSeg = await createClipSeg();
const server = createSegmentationServer(clipSeg).listen(process.env.PORT ?? 8080, () => {
  console.log(`http://localhost:${server.address().port}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => server.close(() => clipSeg.dispose()));
}
