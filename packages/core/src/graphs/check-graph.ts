import type { Session } from '../contracts/backend.js';
import type { ClipSegConfig } from '../contracts/config.js';
import type { GraphName } from '../contracts/graph.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';
import { decoder } from './decoder.js';
import type { Feeds, Signature } from './tensors.js';
import { textEncoder } from './text-encoder.js';
import { visionEncoder } from './vision-encoder.js';
import { visionHead } from './vision-head.js';

/** The inputs and outputs of the converter's graphs (docs/convert.md). */
export const signatures: Readonly<Record<GraphName, Signature>> = {
  visionEncoder,
  visionHead,
  textEncoder,
  decoder,
};

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
 * Checks that a loaded graph is the expected one: its inputs and outputs now, and the shapes of its
 * outputs at every run.
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
  const { inputs, outputs, outputDims } = signatures[graph];
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
      checkOutputs(results, outputDims(feeds, config), fail);
      return results;
    },
    dispose: () => session.dispose(),
  };
}
