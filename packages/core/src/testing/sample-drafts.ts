import type { RawImage } from '../contracts/image.js';
import type { MaskDraft, ScoreMap } from '../contracts/post-processor.js';
import { scoreMap } from '../maps/scores.js';

/** A draft for post-processing, and its image. */
export interface SampleDraft {
  readonly name: string;
  readonly draft: MaskDraft;
  readonly image: RawImage;
}

const sizes = [
  ['a picture', 24, 18],
  ['one pixel', 1, 1],
  ['a row', 9, 1],
  ['a column', 1, 9],
] as const;

/** A disc with a soft edge, and inputs that break careless code. */
const values: Readonly<Record<string, (x: number, y: number, width: number) => number>> = {
  'a disc': (x, y, width) => 3 - Math.hypot(x - width / 2, y - width / 3),
  'nothing above': () => -20,
  'everything above': () => 20,
  'not a number': (x) => (x % 2 === 0 ? Number.NaN : 1),
};

function imageOf(width: number, height: number): RawImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return Math.hypot(x - width / 2, y - width / 3) < 3 ? 220 : 40 + ((i * 7) % 20);
  });
  return { width, height, channels: 3, data };
}

/** Makes drafts of all sizes and contents, on both scales. */
export function sampleDrafts(): SampleDraft[] {
  return sizes.flatMap(([shape, width, height]) =>
    Object.entries(values).flatMap(([content, value]) =>
      (['logit', 'probability'] as const).map((scale): SampleDraft => {
        const data = Float32Array.from({ length: width * height }, (_, i) => {
          const logit = value(i % width, Math.floor(i / width), width);
          return scale === 'logit' ? logit : 1 / (1 + Math.exp(-logit));
        });
        const scores: ScoreMap = scoreMap(data, { width, height }, scale);
        return {
          name: `${content}, ${shape}, ${scale}`,
          draft: { label: 'sample', width, height, scores },
          image: imageOf(width, height),
        };
      }),
    ),
  );
}
