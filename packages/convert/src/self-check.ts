import { join } from 'node:path';
import { ClipSegError, type Dtype } from '@clipseg/core';
import {
  type Backend,
  type ClipSegConfig,
  interpolatePositionEmbedding,
  type ManifestGraphs,
  runDecoder,
  runTextEncoder,
  runVisionEncoder,
  type SelfCheck,
  type Session,
  selfCheckPixels,
} from '@clipseg/core/model';

export interface SelfCheckInput {
  readonly backend: Backend;
  readonly config: ClipSegConfig;
  readonly positionEmbedding: { data: Float32Array; dims: readonly [number, number] };
  readonly signal?: AbortSignal;
}

/**
 * Patches per side: small enough to run at every start, but above 32 tokens, from where GPU
 * runtimes use another attention kernel, which has been wrong before.
 */
const GRID = 8;
const TOKENS = 40;
const STRIDE = 8;

/** Rounds to the precision of float32. */
const rounded = (value: number): number => Number(value.toPrecision(7));

const inputIdsOf = ({ textConfig: t }: ClipSegConfig): number[] => {
  const eos = t.eosTokenId === 2 ? t.vocabSize - 1 : t.eosTokenId; // 2: pooled at the largest id
  const length = Math.min(TOKENS, t.maxPositionEmbeddings);
  const middle = Array.from({ length: length - 2 }, (_, i) =>
    Math.floor((t.vocabSize * (i + 1)) / length),
  );
  return [Math.min(t.bosTokenId, t.vocabSize - 2), ...middle, eos];
};

async function withSession<T>(
  backend: Backend,
  path: string,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await backend.createSession(path);
  try {
    return await use(session);
  } finally {
    await session.dispose();
  }
}

/** Runs the fixed sample through the graphs in `folder`: its logits [h, w] and text embedding. */
async function runSample(
  { backend, config, positionEmbedding, signal }: SelfCheckInput,
  folder: string,
  graphs: ManifestGraphs,
): Promise<{ logits: Float32Array; embedding: Float32Array }> {
  const side = GRID * config.visionConfig.patchSize;
  const size = [side, side] as const;
  const { data, dims } = positionEmbedding;
  const positions = interpolatePositionEmbedding(data, dims, [GRID, GRID]);
  const use = <T>(file: string, run: (session: Session) => Promise<T>) =>
    withSession(backend, join(folder, file), run);
  const features = await use(graphs.visionEncoder, (session) => {
    const input = { pixels: selfCheckPixels(size), size, positions };
    return runVisionEncoder(session, input, { config, signal });
  });
  const ids = inputIdsOf(config);
  const conditionalEmbeddings = await use(graphs.textEncoder, (session) =>
    runTextEncoder(session, [{ ids, eos: ids.length - 1 }], { signal }),
  );
  const [logits] = await use(graphs.decoder, (session) => {
    const grid = [GRID, GRID] as const;
    return runDecoder(session, { features, conditionalEmbeddings, grid }, { signal });
  });
  return { logits: logits!, embedding: conditionalEmbeddings[0]! };
}

/**
 * Runs the sample in full precision, records the result, and measures the error of every other
 * variant. The tolerance of a variant is four times its error, at least 0.01.
 */
export async function makeSelfCheck(
  input: SelfCheckInput,
  reference: { folder: string; graphs: ManifestGraphs },
  variants: readonly { dtype: Dtype; folder: string; graphs: ManifestGraphs }[],
): Promise<SelfCheck> {
  const side = GRID * input.config.visionConfig.patchSize;
  const sample = await runSample(input, reference.folder, reference.graphs);
  const expected = sample.logits;
  if (!expected.every(Number.isFinite)) {
    throw new ClipSegError(
      'invalid-checkpoint',
      'The converted model gives logits that are not finite: its weights contain NaN or Infinity.',
    );
  }
  const tolerance: Record<Dtype, number> = { fp32: 0.01, fp16: 0.25, int8: 1 };
  for (const { dtype, folder, graphs } of variants) {
    if (dtype === 'fp32') continue;
    const { logits: got } = await runSample(input, folder, graphs);
    const worst = expected.reduce((max, v, i) => Math.max(max, Math.abs(v - (got[i] ?? 0))), 0);
    tolerance[dtype] = Number(Math.max(0.01, 4 * worst).toPrecision(3));
  }
  const logits: number[] = [];
  for (let y = 0; y < side; y += STRIDE) {
    for (let x = 0; x < side; x += STRIDE) {
      logits.push(rounded(expected[y * side + x]!));
    }
  }
  return {
    size: [side, side],
    inputIds: inputIdsOf(input.config),
    embedding: Array.from(sample.embedding, rounded),
    stride: STRIDE,
    logits,
    tolerance,
  };
}
