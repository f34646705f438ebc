import type { Session, Tensor } from '../contracts/backend.js';
import type { GraphName } from '../contracts/model.js';
import type { ClipSegConfig } from '../model/config.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';

const masks = ['masked', 'attention_factor', 'attention_bias'];

/** What the converter's graphs take and give (docs/convert.md). */
const signatures: Readonly<Record<GraphName, readonly [inputs: string[], outputs: string[]]>> = {
  visionEncoder: [
    ['pixel_values', 'position_embedding', ...masks],
    ['features', 'last_hidden_state'],
  ],
  visionHead: [['last_hidden_state', ...masks], ['image_embedding']],
  textEncoder: [['input_ids', 'eos_rows'], ['text_embedding']],
  decoder: [['features', 'conditional_embedding', 'grid'], ['logits']],
};

type Feeds = Readonly<Record<string, Tensor>>;

/** What each output has to measure, by what was put in. */
function expectedDims(
  graph: GraphName,
  feeds: Feeds,
  config: ClipSegConfig,
): Readonly<Record<string, readonly number[]>> {
  const size = (feed: string, axis: number): number => feeds[feed]?.dims[axis] ?? 0;
  const { visionConfig, projectionDim, extractLayers, reduceDim } = config;
  switch (graph) {
    case 'visionEncoder': {
      const [images, tokens] = [size('pixel_values', 0), size('position_embedding', 1)];
      return {
        features: [images, extractLayers.length, tokens, reduceDim],
        last_hidden_state: [images, tokens, visionConfig.hiddenSize],
      };
    }
    case 'visionHead':
      return { image_embedding: [size('last_hidden_state', 0), projectionDim] };
    case 'textEncoder':
      return { text_embedding: [size('input_ids', 0), projectionDim] };
    case 'decoder': {
      const [rows = 0, columns = 0] = Array.from(feeds.grid?.data as BigInt64Array, Number);
      const patch = visionConfig.patchSize;
      return { logits: [size('conditional_embedding', 0), rows * patch, columns * patch] };
    }
  }
}

function checkOutputs(
  results: Feeds,
  expected: Readonly<Record<string, readonly number[]>>,
  fail: (what: string) => never,
): void {
  for (const [name, { dims, data }] of Object.entries(results)) {
    const wanted = expected[name];
    if (!wanted) continue;
    const count = wanted.reduce((product, dim) => product * dim, 1);
    const right = data instanceof Float32Array && data.length === count;
    if (!right || dims.join() !== wanted.join()) {
      fail(`gives ${name} as [${dims.join(', ')}], not [${wanted.join(', ')}]`);
    }
  }
}

const sorted = (names: readonly string[]): string => [...names].sort().join(', ');

/**
 * A graph that loads may still be another one: its inputs and outputs are compared at once, the
 * shapes of what it gives with every run.
 * @throws ClipSegError `invalid-model` naming the file; the session is disposed then
 */
export async function checkGraph(
  session: Session,
  graph: GraphName,
  { file, config }: { readonly file: string; readonly config: ClipSegConfig },
): Promise<Session> {
  const fail = (what: string): never => {
    throw new ClipSegError(
      'invalid-model',
      `${file} is not a graph of \`clipseg convert\` for ${graph} of this model: it ${what}. ` +
        'Convert the checkpoint again.',
    );
  };
  const [inputs, outputs] = signatures[graph];
  const { inputNames, outputNames } = session;
  const missing = outputs.filter((name) => !outputNames.includes(name));
  if (sorted(inputNames) !== sorted(inputs) || missing.length > 0) {
    await session.dispose();
    const [takes, gives] = [inputNames, outputNames].map((names) => showValue(sorted(names), 200));
    fail(`takes ${takes} and gives ${gives}`);
  }
  return {
    inputNames,
    outputNames,
    async run(feeds, options) {
      const results = await session.run(feeds, options);
      checkOutputs(results, expectedDims(graph, feeds, config), fail);
      return results;
    },
    dispose: () => session.dispose(),
  };
}
