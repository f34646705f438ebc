import { join } from 'node:path';
import { seededRandom } from '@clipseg/core/internal';
import {
  type Backend,
  type ClipSegConfig,
  type FloatArray,
  type GraphName,
  graphStems,
  interpolatePositionEmbedding,
  runTextEncoder,
  runVisionEncoder,
  runVisionHead,
  type Session,
} from '@clipseg/core/model';
import type { Parameters } from '../checkpoint/parameters.js';
import { builders } from '../clipseg/graphs.js';
import { writeFile } from '../files/write-file.js';
import type { Value } from '../onnx/graph.js';
import * as ops from '../onnx/ops.js';
import { encodeModel } from '../onnx/write-model.js';
import { calibrationPixels } from './calibration-pixels.js';
import { OBSERVED, type Observations, observing, smoothingFactors } from './smoothing.js';

const IMAGES = 3;
const TEXTS = 8;
const TEXT_LENGTH = 8;

export interface CalibrationInput {
  readonly parameters: Parameters;
  readonly config: ClipSegConfig;
  readonly backend: Backend;
  /** Folder for temporary graphs. */
  readonly folder: string;
  readonly size: readonly [number, number];
  readonly positionEmbedding: { data: Float32Array; dims: readonly [number, number] };
  readonly signal?: AbortSignal;
}

/** Runs the fp32 encoders on a few inputs and derives smoothing factors from the activations. */
export async function calibrate(input: CalibrationInput): Promise<Map<string, Float32Array>> {
  const { parameters, config, signal } = input;
  const observations: Observations = new Map();
  const observe = (name: GraphName, use: (session: Session) => Promise<void>) =>
    withObservedGraph(input, name, (session) => use(observing(session, observations)));
  await observe('visionEncoder', async (encoder) => {
    const states = await encodeImages(input, encoder);
    await observe('visionHead', async (head) => {
      for (const lastHiddenState of states) {
        await runVisionHead(head, { lastHiddenState }, { config, signal });
      }
    });
  });
  await observe('textEncoder', (text) => encodeTexts(input, text));
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
  const path = join(folder, `${graphStems[name]}.observed.onnx`);
  await writeFile(path, encodeModel(graph, { signal }), { signal });
  const session = await backend.createSession(path, { signal });
  try {
    await use(session);
  } finally {
    await session.dispose();
  }
}

async function encodeImages(
  { config, size, positionEmbedding, signal }: CalibrationInput,
  session: Session,
): Promise<FloatArray[]> {
  const { patchSize } = config.visionConfig;
  const grid = [size[0] / patchSize, size[1] / patchSize] as const;
  const { data, dims } = positionEmbedding;
  const positions = interpolatePositionEmbedding(data, dims, grid);
  const output = 'lastHiddenState';
  const states: FloatArray[] = [];
  for (let seed = 1; seed <= IMAGES; seed++) {
    const image = { pixels: calibrationPixels(seed, size), size, positions };
    states.push(await runVisionEncoder(session, image, { config, output, signal }));
  }
  return states;
}

async function encodeTexts(
  { config: { textConfig: t }, signal }: CalibrationInput,
  session: Session,
): Promise<void> {
  const length = Math.min(TEXT_LENGTH, t.maxPositionEmbeddings);
  const random = seededRandom(7);
  const texts = Array.from({ length: TEXTS }, () => {
    const ids = Array.from({ length }, (_, i) => {
      if (i === 0) return Math.min(t.bosTokenId, t.vocabSize - 1);
      if (i === length - 1) return Math.min(t.eosTokenId, t.vocabSize - 1);
      return Math.floor(random() * t.vocabSize);
    });
    return { ids, eos: length - 1 };
  });
  await runTextEncoder(session, texts, { signal });
}
