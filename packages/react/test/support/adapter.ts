import { fileURLToPath } from 'node:url';
import { type ClipSeg, createClipSeg, type ImageInput } from '@clipseg/node';

/** Returns the path of a scene's image. */
export const scene = (name: string): string =>
  fileURLToPath(new URL(`../../../../fixtures/scenes/images/${name}`, import.meta.url));

export interface Counts {
  asked: number;
  created: number;
  disposed: number;
  encoded: number;
  segmented: string[];
}

/**
 * Returns the adapter for Node.js, and counts its calls.
 * @param gate images are not encoded before it resolves
 */
export function countingAdapter(gate?: Promise<void>): {
  counts: Counts;
  create: typeof createClipSeg;
} {
  const counts: Counts = { asked: 0, created: 0, disposed: 0, encoded: 0, segmented: [] };
  const create = async (options: Parameters<typeof createClipSeg>[0]) => {
    counts.asked++;
    const clipSeg = await createClipSeg(options);
    counts.created++;
    const counted: ClipSeg<ImageInput> = {
      ...clipSeg,
      async encodeImage(image, call) {
        counts.encoded++;
        await gate;
        return clipSeg.encodeImage(image, { ...call, resolution: call?.resolution ?? 96 });
      },
      segment(image, prompts, call) {
        counts.segmented.push(JSON.stringify(prompts));
        return clipSeg.segment(image, prompts, call);
      },
      dispose() {
        counts.disposed++;
        return clipSeg.dispose();
      },
    };
    return counted;
  };
  return { counts, create };
}
