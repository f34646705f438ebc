import type { Backend, Tensor } from '../../contracts/backend.js';
import type { GraphName } from '../../contracts/graph.js';
import { graphNames } from '../../graphs/names.js';
import { ortBackend } from '../../ort/index.js';
import { contractGraph } from '../contract-graph.js';
import { type FakeGraph, fakeGraphs } from './fake-graphs.js';
import { fakeGraphFile } from './fake-model.js';

export interface FakeBackendOptions {
  /** Default `fake`. */
  readonly name?: string;
  /**
   * Called before each run of a graph, which waits for the returned promise. If it throws, the run
   * fails with a ClipSegError `backend`.
   */
  readonly onRun?: (graph: GraphName) => void | Promise<void>;
}

export interface FakeBackend extends Backend {
  /** The loaded graphs, first loaded first. */
  readonly loaded: readonly GraphName[];
  /** The number of runs of each graph. */
  readonly runs: Readonly<Record<GraphName, number>>;
}

/** Computes the graph of `testBackend`: y = x [[1, 2], [3, 4]], z = 2 y. */
const ofContract: FakeGraph = {
  inputs: ['x'],
  outputs: ['y', 'z'],
  run({ x }) {
    const { dims, data } = x as Tensor & { data: Float32Array };
    if (dims[1] !== 2) throw new Error(`x is [${dims}], not [n, 2]`);
    const y = data.map((value, i) =>
      i % 2 ? 2 * data[i - 1]! + 4 * value : value + 3 * data[i + 1]!,
    );
    const tensor = (values: Float32Array): Tensor => ({ type: 'float32', dims, data: values });
    return { y: tensor(y), z: tensor(y.map((value) => 2 * value)) };
  },
};

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/**
 * Creates a `Backend` for tests that needs no ONNX Runtime. It runs `fakeModel()` alone.
 *
 * A prompt means a color (`fakeColor`; for an image prompt, the image's mean color). The logit of a
 * patch of 4 x 4 pixels is `10 - 20 d / (d + 0.1)`, where `d` is the distance of its mean color to
 * the prompt's, channels from 0 to 1: 10 for the same color, 0 at 0.1, close to -10 far away.
 */
export function fakeBackend(options: FakeBackendOptions = {}): FakeBackend {
  const { name = 'fake', onRun } = options;
  const loaded: GraphName[] = [];
  const runs = { visionEncoder: 0, visionHead: 0, textEncoder: 0, decoder: 0 };

  function sessionOf(graph: FakeGraph, known: GraphName | undefined) {
    return {
      inputNames: graph.inputs,
      outputNames: graph.outputs,
      async run(feeds: Readonly<Record<string, Tensor>>, outputs: readonly string[]) {
        if (known) runs[known]++;
        if (known) await onRun?.(known);
        const results = graph.run(feeds);
        return Object.fromEntries(outputs.map((output) => [output, results[output]!]));
      },
      async release() {},
    };
  }

  async function create(file: Uint8Array) {
    if (same(file, contractGraph())) return sessionOf(ofContract, undefined);
    const known = graphNames.find((graph) => same(file, fakeGraphFile(graph)));
    if (!known) throw new Error('it is not a graph of fakeModel()');
    loaded.push(known);
    return sessionOf(fakeGraphs[known], known);
  }

  // Sessions check, abort and dispose as the real backend's do.
  const Tensor = function tensor(type: string, data: unknown, dims: readonly number[]) {
    return { type, data, dims };
  } as never;
  const ort = { Tensor, InferenceSession: { create } };
  return { ...ortBackend({ ort, name, device: 'fake' }), loaded, runs };
}
