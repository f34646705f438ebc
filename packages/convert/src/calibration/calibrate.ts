import { join } from 'node:path';
import {
  type Backend,
  type ClipSegConfig,
  interpolatePositionEmbedding,
  type Session,
  seededRandom,
  type Tensor,
  visionEncoderFeeds,
  visionHeadFeeds,
} from '@clipseg/core';
import type { Parameters } from '../checkpoint/parameters.js';
import { builders, type GraphName } from '../clipseg/graphs.js';
import { writeFile } from '../files/write-file.js';
import type { Value } from '../onnx/graph.js';
import * as ops from '../onnx/ops.js';
import { encodeModel } from '../onnx/write-model.js';
import { calibrationPixels } from './calibration-pixels.js';
import { OBSERVED, type Observations, observe, smoothingFactors } from './smoothing.js';

const PICTURES = 3;
const TEXTS = 8;
const TEXT_LENGTH = 8;

export interface CalibrationInput {
  readonly parameters: Parameters;
  readonly config: ClipSegConfig;
  readonly backend: Backend;
  /** Where the observed graphs may lie while this runs. */
  readonly folder: string;
  readonly size: readonly [number, number];
  readonly positionEmbedding: { data: Float32Array; dims: readonly [number, number] };
  readonly signal?: AbortSignal;
}

/** Runs the fp32 encoders on a few inputs and derives the smoothing from what they show. */
export async function calibrate(input: CalibrationInput): Promise<Map<string, Float32Array>> {
  const { parameters, config, signal } = input;
  const observations: Observations = new Map();
  await withObservedGraph(input, 'vision_encoder', async (encoder) => {
    const states = await observePictures(input, encoder, observations);
    await withObservedGraph(input, 'vision_head', async (head) => {
      for (const state of states) {
        await observe(head, visionHeadFeeds(config, state), observations, signal);
      }
    });
  });
  await withObservedGraph(input, 'text_encoder', (text) => observeTexts(input, text, observations));
  return smoothingFactors(observations, parameters, config, signal);
}

async function withObservedGraph(
  { parameters, config, backend, folder, signal }: CalibrationInput,
  name: GraphName,
  use: (session: Session) => Promise<void>,
): Promise<void> {
  const observed: [string, Value][] = [];
  const graph = builders[name](parameters, config, {
    observe: (producer, activation) => observed.push([producer, activation]),
  });
  for (const [producer, activation] of observed) {
    const range = ops.reduceMaxToLast(graph, ops.abs(graph, activation));
    graph.output(`${OBSERVED}${producer}`, range);
  }
  const path = join(folder, `${name}.observed.onnx`);
  await writeFile(path, encodeModel(graph, { signal }), { signal });
  const session = await backend.createSession(path, { signal });
  try {
    await use(session);
  } finally {
    await session.dispose();
  }
}

async function observePictures(
  { config, size, positionEmbedding, signal }: CalibrationInput,
  session: Session,
  observations: Observations,
): Promise<Tensor[]> {
  const { patchSize } = config.visionConfig;
  const grid = [size[0] / patchSize, size[1] / patchSize] as const;
  const { data, dims } = positionEmbedding;
  const positions = interpolatePositionEmbedding(data, dims, grid);
  const states: Tensor[] = [];
  for (let seed = 1; seed <= PICTURES; seed++) {
    const pixels = calibrationPixels(seed, size);
    const feeds = visionEncoderFeeds(config, { pixels, size, positions });
    const results = await observe(session, feeds, observations, signal);
    states.push(results.last_hidden_state!);
  }
  return states;
}

async function observeTexts(
  { config: { textConfig: t }, signal }: CalibrationInput,
  session: Session,
  observations: Observations,
): Promise<void> {
  const length = Math.min(TEXT_LENGTH, t.maxPositionEmbeddings);
  const random = seededRandom(7);
  const ids = Int32Array.from({ length: TEXTS * length }, (_, i) => {
    if (i % length === 0) return Math.min(t.bosTokenId, t.vocabSize - 1);
    if (i % length === length - 1) return Math.min(t.eosTokenId, t.vocabSize - 1);
    return Math.floor(random() * t.vocabSize);
  });
  const rows = Int32Array.from({ length: TEXTS }, (_, i) => i * length + length - 1);
  const feeds = {
    input_ids: { type: 'int32', data: ids, dims: [TEXTS, length] },
    eos_rows: { type: 'int32', data: rows, dims: [TEXTS] },
  } as const;
  await observe(session, feeds, observations, signal);
}
