import { overlay } from '@clipseg/node/formats';
import { postprocess, threshold } from '@clipseg/node/postprocess';

/** Share of the previous frame's logits in the current ones, which keeps masks from flickering. */
const KEPT = 0.5;

/**
 * Segments frame by frame. The prompt is encoded once; logits are smoothed over time.
 * @param clipSeg a ClipSeg
 * @param frames RawImages of one size, as a list or an async iterable
 * @param prompt what to follow
 */
export async function* follow(clipSeg, frames, prompt, { signal } = {}) {
  const encodedPrompts = await clipSeg.encodePrompts([prompt], { signal });
  let previous;
  for await (const frame of frames) {
    const image = await clipSeg.encodeImage(frame, { signal });
    const segmentation = await clipSeg.decode(image, encodedPrompts, { signal });
    const map = segmentation.data.maps[0];
    if (previous) for (let i = 0; i < map.length; i++) map[i] += KEPT * (previous[i] - map[i]);
    previous = map.slice();
    const { segments } = postprocess(segmentation, [threshold(0.5)]);
    yield overlay(frame, segments);
  }
}
