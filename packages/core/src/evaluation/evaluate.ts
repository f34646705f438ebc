import type { CallOptions, ClipSeg, EncodeImageOptions, ModelInfo } from '../contracts/clip-seg.js';
import type { Segment, Segmentation } from '../contracts/segmentation.js';
import { boundaryF, confusion, maskScores } from '../metrics/index.js';
import { presence } from '../segmentation/presence.js';
import { checkThreshold, maskArea } from '../segmentation/segmentation.js';
import { listed } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import type { Dataset, Example, Picture } from './dataset.js';
import type { ExampleResult, ExampleScores } from './example-result.js';
import { createTally, type KindScores } from './tally.js';

/** The results of a dataset, as plain data. */
export interface Evaluation {
  readonly dataset: string;
  readonly model: Pick<ModelInfo, 'name' | 'dtype' | 'id'>;
  readonly threshold: number;
  readonly pictures: number;
  readonly kinds: readonly KindScores[];
  readonly examples: readonly ExampleScores[];
}

export interface EvaluateOptions<ImageInput> extends CallOptions {
  /** Probability above which a pixel is inside, 0..1. Default 0.5. */
  readonly threshold?: number;
  /** Model resolution. */
  readonly resolution?: EncodeImageOptions['resolution'];
  /** Largest number of images. Default: all. */
  readonly limit?: number;
  /** Called after every example; the evaluation waits for it. */
  readonly onExample?: (result: ExampleResult<ImageInput>) => void | Promise<void>;
  /** Called after every image. */
  readonly onPicture?: (name: string, count: number) => void;
}

async function resultOf<T>(
  picture: Picture<T>,
  example: Example,
  segment: Segment,
  { width, height }: Segmentation,
  threshold: number,
): Promise<ExampleResult<T>> {
  const truth = await example.truth();
  if (truth.width !== width || truth.height !== height) {
    throw new ClipSegError(
      'invalid-argument',
      `${listed([picture.name])} has ${width} x ${height} pixels, the truth of ${showValue(example.label)} ` +
        `${truth.width} x ${truth.height}.`,
    );
  }
  const mask = segment.mask({ threshold });
  const inside = truth.data.filter((value) => value === 1).length;
  const scores: ExampleScores = {
    picture: picture.name,
    label: example.label,
    kind: example.kind,
    category: example.category ?? example.label,
    iou: maskScores(confusion(mask, truth.data)).iou,
    boundaryF: boundaryF(mask, truth.data, truth),
    presence: presence(segment).score,
    area: maskArea(mask) / mask.length,
    truthArea: inside / mask.length,
  };
  return { scores, picture, segment, mask, truth };
}

/**
 * Segments every image of a dataset by all of its prompts, encoding each image once, and scores the
 * masks at source size.
 * @throws ClipSegError as the dataset and `segment` do; `invalid-argument` when there is no example
 *   or when the sizes of a truth and its image differ
 */
export async function evaluate<ImageInput>(
  clipSeg: ClipSeg<ImageInput>,
  dataset: Dataset<ImageInput>,
  options: EvaluateOptions<ImageInput> = {},
): Promise<Evaluation> {
  const { limit = Infinity, resolution: size, signal } = options;
  const threshold = checkThreshold(options.threshold ?? 0.5);
  const tallies = new Map<string, ReturnType<typeof createTally>>();
  let pictures = 0;
  for await (const picture of dataset.pictures()) {
    if (pictures >= limit) break;
    const { examples } = picture;
    if (examples.length === 0) continue;
    const prompts = examples.map(({ prompt }) => prompt);
    const segmentation = await clipSeg.segment(picture.image, prompts, {
      resolution: size,
      signal,
    });
    for (const [i, example] of examples.entries()) {
      const segment = segmentation.segments[i]!;
      const result = await resultOf(picture, example, segment, segmentation, threshold);
      const tally = tallies.get(example.kind) ?? createTally(example.kind);
      tallies.set(example.kind, tally);
      tally.add(result.scores, result, segmentation.resolution);
      await options.onExample?.(result);
    }
    pictures++;
    options.onPicture?.(picture.name, pictures);
  }
  if (pictures === 0) {
    throw new ClipSegError('invalid-argument', `${listed([dataset.name])} holds no example.`);
  }
  const examples = [...tallies.values()].flatMap((tally) => tally.examples);
  const absent = examples.filter(({ truthArea }) => truthArea === 0).map((one) => one.presence);
  const { name, dtype, id } = clipSeg.model;
  return {
    dataset: dataset.name,
    model: { name, dtype, id },
    threshold,
    pictures,
    kinds: [...tallies.values()].map((tally) => tally.value(absent)),
    examples,
  };
}
