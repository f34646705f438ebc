import type { Session } from './contracts/backend.js';
import type { GraphName } from './contracts/model.js';
import { ClipSegError } from './errors.js';
import { showValue } from './util/show-value.js';

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

const sorted = (names: readonly string[]): string => [...names].sort().join(', ');

/**
 * A graph that loads may still be another one.
 * @throws ClipSegError `invalid-model` naming the file; the session is disposed then
 */
export async function checkGraph(
  session: Session,
  graph: GraphName,
  file: string,
): Promise<Session> {
  const [inputs, outputs] = signatures[graph];
  const { inputNames, outputNames } = session;
  const missing = outputs.filter((name) => !outputNames.includes(name));
  if (sorted(inputNames) === sorted(inputs) && missing.length === 0) return session;
  await session.dispose();
  throw new ClipSegError(
    'invalid-model',
    `${file} is not a graph of \`clipseg convert\` for ${graph}: it takes ` +
      `${showValue(sorted(inputNames), 200)} and gives ${showValue(sorted(outputNames), 200)}. ` +
      'Convert the checkpoint again.',
  );
}
