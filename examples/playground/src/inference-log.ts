import type { EncodedImage, Segmentation } from '@clipseg/core';
import type { WebClipSeg } from '@clipseg/web';

/** What was computed by the model since the page was opened. */
export interface Inference {
  /** Runs of the vision encoder over pictures. */
  readonly pictures: number;
  /** Runs of the decoder over a picture's prompts. */
  readonly decodes: number;
  /** Runs of the vision encoder over examples. */
  readonly examples: number;
  /** Prompts of the last decode, and those among them whose embedding was still there. */
  readonly asked: number;
  readonly known: number;
  /** Milliseconds by stage, of the last run of each. */
  readonly timings: Readonly<Record<string, number>>;
}

export const runsOf = ({ pictures, decodes, examples }: Inference): number =>
  pictures + decodes + examples;

/** Counts what a ClipSeg is asked for; sliders must not change it. */
export function createInferenceLog() {
  const listeners = new Set<() => void>();
  let state: Inference = {
    pictures: 0,
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
    /** The same ClipSeg, whose runs are counted. */
    watch(clipSeg: WebClipSeg): WebClipSeg {
      const seen = new Set<string>();
      const encoded = ({ timings }: EncodedImage) =>
        add({ pictures: state.pictures + 1, timings: { ...timings } });
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
