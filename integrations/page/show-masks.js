import { drawTint } from '@clipseg/web/canvas';

/**
 * Segments the page's image and draws the masks on top. The page's `output` shows the labels and
 * the device.
 * @param {import('@clipseg/web').ClipSeg<import('@clipseg/web').ImageInput>} clipSeg
 */
export async function showMasks(clipSeg) {
  const [image, canvas, output] = ['img', 'canvas', 'output'].map((tag) =>
    document.querySelector(tag),
  );
  await image.decode();
  const result = await clipSeg.segment(image, ['croissant', 'watermelon', 'kiwi fruit']);
  Object.assign(canvas, { width: result.width, height: result.height });
  await drawTint(canvas, result, { opacity: 0.6 });
  const labels = result.segments.map(({ label }) => label).join(', ');
  output.value = `${labels} on ${clipSeg.device.graphs.visionEncoder}, ${clipSeg.device.threads} threads`;
  await clipSeg.dispose();
}
