import type { Tensor } from '../contracts/backend.js';
import type { SelfCheckOptions } from '../contracts/clip-seg.js';
import { visionEncoderFeeds } from '../graphs/vision-feeds.js';
import { ClipSegError } from '../util/errors.js';
import type { SelfCheck } from './manifest.js';
import type { Model } from './model.js';
import { interpolatePositionEmbedding } from './position-embedding.js';
import { selfCheckPixels } from './self-check-pixels.js';

export interface SelfCheckResult {
  /** Largest absolute difference of a logit. */
  readonly maxError: number;
  readonly tolerance: number;
}

const f32 = (data: Float32Array, dims: readonly number[]): Tensor => ({
  type: 'float32',
  data,
  dims,
});

async function sampleEmbedding(
  model: Model,
  { inputIds }: SelfCheck,
  signal?: AbortSignal,
): Promise<Tensor> {
  const ids = Int32Array.from(inputIds);
  const text = await model.session('textEncoder', { signal });
  const { text_embedding } = await text.run(
    {
      input_ids: { type: 'int32', data: ids, dims: [1, ids.length] },
      eos_rows: { type: 'int32', data: Int32Array.of(ids.length - 1), dims: [1] },
    },
    { signal },
  );
  return text_embedding!;
}

/** Logits [h, w] of the manifest's sample, through the graphs that a text prompt uses. */
async function sampleLogits(
  model: Model,
  sample: SelfCheck,
  { signal, textEncoder = true }: SelfCheckOptions,
) {
  const { config, positionEmbedding } = model.manifest;
  const { patchSize } = config.visionConfig;
  const { size } = sample;
  const grid = [size[0] / patchSize, size[1] / patchSize] as const;
  const { dims } = positionEmbedding;
  const positions = interpolatePositionEmbedding(model.positionEmbedding, dims, grid);
  const vision = await model.session('visionEncoder');
  const feeds = visionEncoderFeeds(config, { pixels: selfCheckPixels(size), size, positions });
  const { features } = await vision.run(feeds, { signal, outputs: ['features'] });
  const recorded = textEncoder ? undefined : sample.embedding;
  const embedding = recorded
    ? f32(Float32Array.from(recorded), [1, recorded.length])
    : await sampleEmbedding(model, sample, signal);
  const decoder = await model.session('decoder');
  const { logits } = await decoder.run(
    {
      features: features!,
      conditional_embedding: embedding,
      grid: { type: 'int64', data: BigInt64Array.from(grid, BigInt), dims: [2] },
    },
    { signal },
  );
  return logits?.data as Float32Array;
}

/**
 * Runs the sample that the converter recorded and compares.
 * @throws ClipSegError `self-check` when this device computes something else, `invalid-model` when
 *   the manifest holds no sample
 */
export async function runSelfCheck(
  model: Model,
  backendName: string,
  options: SelfCheckOptions = {},
): Promise<SelfCheckResult> {
  const sample = model.manifest.selfCheck;
  if (!sample) {
    throw new ClipSegError('invalid-model', 'clipseg.json holds no self-check; convert it again.');
  }
  const logits = await sampleLogits(model, sample, options);
  const [h, w] = sample.size;
  const columns = Math.ceil(w / sample.stride);
  let maxError = 0;
  for (const [i, expected] of sample.logits.entries()) {
    const y = Math.floor(i / columns) * sample.stride;
    const x = (i % columns) * sample.stride;
    const error = Math.abs(logits[y * w + x]! - expected);
    maxError = Math.max(maxError, error); // NaN wins, and then fails
  }
  const tolerance = sample.tolerance[model.dtype];
  if (logits.length !== h * w || !(maxError <= tolerance)) {
    throw new ClipSegError(
      'self-check',
      `${backendName} computes wrongly: a logit of ${model.name} (${model.dtype}) is off by ` +
        `${maxError}, more than ${tolerance}. Use another device or dtype.`,
    );
  }
  return { maxError, tolerance };
}
