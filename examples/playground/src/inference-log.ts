import type { ClipSeg, EncodedImage, ImageInput, Segmentation } from '@clipseg/web';

/** The model's runs since the page was opened. */
export interface Inference {
  /** Runs of the vision encoder on query images. */
  readonly images: number;
  /** Runs of the decoder on an image's prompts. */
  readonly decodes: number;
  /** Runs of the vision encoder on examples. */
  readonly examples: number;
  /** Number of prompts of the last decode, and how many of them had a cached embedding. */
  readonly asked: number;
  readonly known: number;
  /** Milliseconds per stage, from the last run of each. */
  readonly timings: Readonly<Record<string, number>>;
}

export const runsOf = ({ images, decodes, examples }: Inference): number =>
  images + decodes + examples;

/** Counts a ClipSeg's runs; sliders must not change the counts. */
export function createInferenceLog() {
  const listeners = new Set<() => void>();
  let state: Inference = {
    images: 0,
    decodes: 0,
    examples: 0,
    asked: 0,
    known: 0,
    timings: {},
  };
  function add(next: Partial<Inference>): void {
    state = { ...state, ...next, timings: { ...state.timings, ...next.timings } };
    for (const listener of listeners) listener();
  }

  return {
    getSnapshot: () => state,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Wraps a ClipSeg so that its runs are counted. */
    watch(clipSeg: ClipSeg<ImageInput>): ClipSeg<ImageInput> {
      const seen = new Set<string>();
      const encoded = ({ timings }: EncodedImage) =>
        add({ images: state.images + 1, timings: { ...timings } });
      const decoded = ({ segments, timings }: Segmentation) => {
        const labels = segments.map(({ label }) => label);
        const known = labels.filter((label) => seen.has(label)).length;
        for (const label of labels) seen.add(label);
        add({ decodes: state.decodes + 1, asked: labels.length, known, timings });
      };
      return {
        ...clipSeg,
        get device() {
          return clipSeg.device;
        },
        async encodeImage(...call) {
          const image = await clipSeg.encodeImage(...call);
          encoded(image);
          return image;
        },
        async encodePrompts(...call) {
          const prompts = await clipSeg.encodePrompts(...call);
          add({ examples: state.examples + 1 });
          return prompts;
        },
        async segment(...call) {
          const segmentation = await clipSeg.segment(...call);
          decoded(segmentation);
          return segmentation;
        },
      };
    },
  };
}
export type InferenceLog = ReturnType<typeof createInferenceLog>;
