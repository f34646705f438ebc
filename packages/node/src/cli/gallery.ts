import type { ExampleResult, ReportPicture } from '@clipseg/core/evaluation';
import { toOverlayPng } from '@clipseg/core/formats';
import { toRgb } from '@clipseg/core/model';
import { decodeImage, type ImageInput } from '../image/decode-image.js';
import { loadSharp } from '../native/sharp.js';

type Example = Pick<ExampleResult<ImageInput>, 'scores' | 'mask' | 'truth'> & {
  readonly image: ImageInput;
};

/** Width of a report's images in pixels: one column. */
const WIDTH = 320;

/** Legend for the images of a report. */
export const GALLERY_CAPTION = 'In the images: correct green, missed blue, false positive orange.';

async function renderExample({ scores, image, mask, truth }: Example): Promise<ReportPicture> {
  const rgb = toRgb(await decodeImage(image));
  const pixels = (predicted: number, inTruth: boolean) => ({
    mask: () => mask.map((p, i) => (p === predicted && (truth.data[i] === 1) === inTruth ? 1 : 0)),
  });
  // The palette starts with orange, blue, green.
  const overlay = toOverlayPng(rgb, [pixels(1, false), pixels(0, true), pixels(1, true)]);
  const sharp = await loadSharp();
  const small = await sharp(overlay).resize({ width: WIDTH, withoutEnlargement: true }).webp();
  return { scores, url: `data:image/webp;base64,${(await small.toBuffer()).toString('base64')}` };
}

/** Collects the worst examples of each prompt kind and renders them at the end. */
export function createGallery(perKind: number) {
  const kinds = new Map<string, Example[]>();
  return {
    add({ scores, picture, mask, truth }: ExampleResult<ImageInput>): void {
      if (perKind === 0) return;
      const kept = kinds.get(scores.kind) ?? [];
      kinds.set(scores.kind, kept);
      kept.push({ scores, image: picture.image, mask, truth });
      kept.sort((a, b) => a.scores.iou - b.scores.iou);
      kept.length = Math.min(kept.length, perKind);
    },
    async pictures(): Promise<Record<string, ReportPicture[]>> {
      const pictures: Record<string, ReportPicture[]> = {};
      for (const [kind, examples] of kinds) {
        pictures[`Worst of ${kind}`] = await Promise.all(examples.map(renderExample));
      }
      return pictures;
    },
  };
}
