import { overlay, postprocess, threshold } from '@clipseg/node';

/** How much of the frame before is kept: masks that do not flicker. */
const KEPT = 0.5;

/**
 * Segments frame by frame. The prompt is encoded once and kept; logits are smoothed over time.
 * @param clipSeg a ClipSeg
 * @param frames RawImages of one size, as a list or as they come
 * @param prompt what to follow
 */
export async function* follow(clipSeg, frames, prompt, { signal } = {}) {
  const kept = await clipSeg.encodePrompts([prompt], { signal });
  let before;
  for await (const frame of frames) {
    const image = await clipSeg.encodeImage(frame, { signal });
    const segmentation = await clipSeg.decode(image, kept, { signal });
    const map = segmentation.data.maps[0];
    if (before) for (let i = 0; i < map.length; i++) map[i] += KEPT * (before[i] - map[i]);
    before = map.slice();
    const { segments } = postprocess(segmentation, [threshold(0.5)]);
    yield overlay(frame, segments);
  }
}
