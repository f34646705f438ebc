import type { SelfCheckOptions } from '../contracts/clip-seg.js';
import type { SelfCheckResult } from '../contracts/device.js';
import type { SelfCheck } from '../contracts/manifest.js';
import { runDecoder } from '../graphs/decoder.js';
import { runTextEncoder } from '../graphs/text-encoder.js';
import { runVisionEncoder } from '../graphs/vision-encoder.js';
import { ClipSegError } from '../util/errors.js';
import type { Model } from './model.js';
import { interpolatePositionEmbedding } from './position-embedding.js';
import { selfCheckPixels } from './self-check-pixels.js';

async function sampleEmbedding(
  model: Model,
  { inputIds: ids }: SelfCheck,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const session = await model.session('textEncoder', { signal });
  const [embedding] = await runTextEncoder(session, [{ ids, eos: ids.length - 1 }], { signal });
  return embedding!;
}

/** Computes the logits [h, w] of the manifest's sample, with the graphs of a text prompt. */
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
  const input = { pixels: selfCheckPixels(size), size, positions };
  const features = await runVisionEncoder(vision, input, { config, signal });
  const recorded = textEncoder ? undefined : sample.embedding;
  const embedding = recorded
    ? Float32Array.from(recorded)
    : await sampleEmbedding(model, sample, signal);
  const decoder = await model.session('decoder');
  const prompt = { features, conditionalEmbeddings: [embedding], grid };
  const [logits] = await runDecoder(decoder, prompt, { signal });
  return logits!;
}

/**
 * Runs the sample that the converter recorded, and compares the logits.
 * @throws ClipSegError `self-check` if this device computes other logits, `invalid-model` if the
 *   manifest has no sample
 */
export async function runSelfCheck(
  model: Model,
  backendName: string,
  options: SelfCheckOptions = {},
): Promise<SelfCheckResult> {
  const sample = model.manifest.selfCheck;
  if (!sample) {
    throw new ClipSegError(
      'invalid-model',
      'clipseg.json has no self-check; convert the checkpoint again.',
    );
  }
  const logits = await sampleLogits(model, sample, options);
  const [h, w] = sample.size;
  const columns = Math.ceil(w / sample.stride);
  let maxError = 0;
  for (const [i, expected] of sample.logits.entries()) {
    const y = Math.floor(i / columns) * sample.stride;
    const x = (i % columns) * sample.stride;
    const error = Math.abs(logits[y * w + x]! - expected);
    maxError = Math.max(maxError, error); // NaN wins, and fails below
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
