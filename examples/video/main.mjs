// Follows a prompt through the frames of an animation: npm start -w examples/video [-- IN.gif
// PROMPT]
import { mkdir, writeFile } from 'node:fs/promises';
import { createClipSeg } from '@clipseg/node';
import { follow } from './follow.mjs';
import { animationOf, framesOf } from './frames.mjs';

const [path, prompt = 'balloon'] = process.argv.slice(2);
const clipSeg = await createClipSeg();
const frames = await framesOf(path);
const start = performance.now();
const overlays = [];
for await (const overlay of follow(clipSeg, frames, prompt)) overlays.push(overlay);
const each = (performance.now() - start) / frames.length;
await clipSeg.dispose();
await mkdir('out', { recursive: true });
await writeFile('out/video.webp', await animationOf(overlays));
console.log(`${frames.length} frames, ${each.toFixed(0)} ms each -> out/video.webp`);
