import { drawTint } from '@clipseg/web';

/**
 * Segments the page's picture and draws the masks over it. What is found, or what went wrong, stands
 * in the page's `output`.
 * @param {import('@clipseg/web').WebClipSeg} clipSeg
 */
export async function showMasks(clipSeg) {
  const [image, canvas, output] = ['img', 'canvas', 'output'].map((tag) =>
    document.querySelector(tag),
  );
  await image.decode();
  const result = await clipSeg.segment(image, ['croissant', 'watermelon', 'kiwi fruit']);
  Object.assign(canvas, { width: result.width, height: result.height });
  await drawTint(canvas, result, { opacity: 0.6 });
  const found = result.segments.map(({ label }) => label).join(', ');
  output.value = `${found} on ${clipSeg.device.graphs.visionEncoder}, ${clipSeg.device.threads} threads`;
  await clipSeg.dispose();
}
