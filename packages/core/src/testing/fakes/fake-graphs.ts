import type { Session, Tensor } from '../../contracts/backend.js';
import type { GraphName } from '../../contracts/graph.js';
import { signatures } from '../../graphs/check-graph.js';
import type { Signature } from '../../graphs/tensors.js';
import { colorOfText } from './fake-color.js';
import { textOfTokens } from './fake-text.js';

// The four graphs of the fake model. Embeddings and vision tokens are colors: red, green and blue,
// 0 to 1. A logit says how near the color of a patch is to the prompt's.

export const PATCH = 4;
export const CHANNELS = 3;
/** Blocks of the vision tower in vision_encoder; vision_head has one more. */
export const ENCODER_LAYERS = 2;

type Feeds = Readonly<Record<string, Tensor>>;

export interface FakeGraph {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** @throws Error where the shapes of the inputs do not fit */
  run(feeds: Feeds): Record<string, Tensor>;
}

const float32 = (data: Float32Array, ...dims: number[]): Tensor => ({
  type: 'float32',
  dims,
  data,
});
const floats = (tensor: Tensor | undefined) => tensor?.data as Float32Array;

function check(tensor: Tensor | undefined, name: string, ...dims: number[]): void {
  if (tensor?.dims.join() === dims.join()) return;
  throw new Error(`${name} is [${tensor?.dims.join(', ')}], not [${dims.join(', ')}]`);
}

/** Returns [tokens, 3]: the mean color of the image for the class token, then of each patch. */
function patchColors(pixels: Float32Array, height: number, width: number): Float32Array {
  const columns = width / PATCH;
  const count = (height / PATCH) * columns;
  const tokens = new Float32Array((1 + count) * CHANNELS);
  for (let i = 0; i < height * width; i++) {
    const patch = Math.floor(i / width / PATCH) * columns + Math.floor((i % width) / PATCH);
    for (let c = 0; c < CHANNELS; c++) {
      const value = pixels[c * height * width + i]! / PATCH ** 2;
      const at = (1 + patch) * CHANNELS + c;
      tokens[at] = tokens[at]! + value;
      tokens[c] = tokens[c]! + value / count;
    }
  }
  return tokens;
}

/** Returns the mean color of the patches, weighted by a query's attention. */
function attended(tokens: Float32Array, weightOf: (key: number) => number): Float32Array {
  const mean = new Float32Array(CHANNELS);
  let total = 0;
  for (let key = 1; key < tokens.length / CHANNELS; key++) total += weightOf(key);
  for (let key = 1; key < tokens.length / CHANNELS; key++) {
    const weight = weightOf(key) / total;
    for (let c = 0; c < CHANNELS; c++) mean[c] = mean[c]! + weight * tokens[key * CHANNELS + c]!;
  }
  return mean;
}

/**
 * Runs one block of the vision tower. The class token attends to all patches equally and becomes
 * the mean over this block and the blocks before. A patch attends to itself, unless it is masked.
 */
function block(tokens: Float32Array, layer: number, feeds: Feeds, first: number): Float32Array {
  const count = tokens.length / CHANNELS;
  const masked = feeds.masked?.data[0] === 1;
  const [factor, bias] = [floats(feeds.attention_factor), floats(feeds.attention_bias)];
  const weight = (query: number, key: number): number => {
    const score = query === 0 ? 1 : query === key ? 20 : 0;
    if (!masked) return Math.exp(score);
    const at = ((layer - first) * count + query) * count + key;
    return Math.exp(score * factor[at]! + bias[at]!);
  };
  const result = tokens.slice();
  const seen = attended(tokens, (key) => weight(0, key));
  for (const [c, value] of seen.entries()) result[c] = (tokens[c]! * layer + value) / (layer + 1);
  for (let query = 1; masked && query < count; query++) {
    result.set(
      attended(tokens, (key) => weight(query, key)),
      query * CHANNELS,
    );
  }
  return result;
}

function checkMask({ masked, attention_factor, attention_bias }: Feeds, ...dims: number[]): void {
  const wanted = masked?.data[0] === 1 ? dims : [1, 1, 1];
  check(attention_factor, 'attention_factor', ...wanted);
  check(attention_bias, 'attention_bias', ...wanted);
}

function visionEncoder(feeds: Feeds): Record<string, Tensor> {
  const { pixel_values: pixels, position_embedding: positions } = feeds;
  const [, , height = 0, width = 0] = pixels!.dims;
  const count = 1 + (height / PATCH) * (width / PATCH);
  check(pixels, 'pixel_values', 1, CHANNELS, height, width);
  check(positions, 'position_embedding', 1, count, CHANNELS);
  checkMask(feeds, ENCODER_LAYERS, count, count);
  let tokens = patchColors(floats(pixels), height, width);
  tokens = tokens.map((value, i) => value + floats(positions)[i]!);
  const features = new Float32Array(ENCODER_LAYERS * tokens.length);
  for (let layer = 0; layer < ENCODER_LAYERS; layer++) {
    tokens = block(tokens, layer, feeds, 0);
    features.set(tokens, (ENCODER_LAYERS - 1 - layer) * tokens.length); // the deepest comes first
  }
  return {
    features: float32(features, 1, ENCODER_LAYERS, count, CHANNELS),
    last_hidden_state: float32(tokens, 1, count, CHANNELS),
  };
}

function visionHead(feeds: Feeds): Record<string, Tensor> {
  const { last_hidden_state: state } = feeds;
  const count = state!.dims[1]!;
  check(state, 'last_hidden_state', 1, count, CHANNELS);
  checkMask(feeds, 1, count, count);
  const tokens = block(floats(state), ENCODER_LAYERS, feeds, ENCODER_LAYERS);
  return { image_embedding: float32(tokens.slice(0, CHANNELS), 1, CHANNELS) };
}

function textEncoder({ input_ids: ids, eos_rows: ends }: Feeds): Record<string, Tensor> {
  const [rows = 0, length = 0] = ids!.dims;
  check(ends, 'eos_rows', rows);
  const all = Array.from(ids!.data as Int32Array);
  const colors = Array.from(ends!.data as Int32Array, (end, row) =>
    colorOfText(textOfTokens(all.slice(row * length + 1, end))),
  );
  const values = Float32Array.from(colors.flat(), (channel) => channel / 255);
  return { text_embedding: float32(values, rows, CHANNELS) };
}

/** Returns 10 for the same color, 0 at a distance of 0.1, and approaches -10 far away. */
const logitAt = (distance: number): number => 10 - (20 * distance) / (distance + 0.1);

function decoder(feeds: Feeds): Record<string, Tensor> {
  const { features, conditional_embedding: prompts, grid } = feeds;
  const [rows = 0, columns = 0] = Array.from(grid!.data as BigInt64Array, Number);
  const [count = 0] = prompts!.dims;
  check(features, 'features', 1, ENCODER_LAYERS, 1 + rows * columns, CHANNELS);
  check(prompts, 'conditional_embedding', count, CHANNELS);
  const [tokens, colors] = [floats(features), floats(prompts)];
  const [height, width] = [rows * PATCH, columns * PATCH];
  const logits = new Float32Array(count * height * width);
  for (let prompt = 0; prompt < count; prompt++) {
    for (let patch = 0; patch < rows * columns; patch++) {
      const [token, color] = [(1 + patch) * CHANNELS, prompt * CHANNELS];
      const away = [0, 1, 2].map((c) => tokens[token + c]! - colors[color + c]!);
      const [row, column] = [Math.floor(patch / columns), patch % columns];
      for (let y = row * PATCH; y < (row + 1) * PATCH; y++) {
        const start = (prompt * height + y) * width + column * PATCH;
        logits.fill(logitAt(Math.hypot(...away)), start, start + PATCH);
      }
    }
  }
  return { logits: float32(logits, count, height, width) };
}

const graphOf = ({ inputs, outputs }: Signature, run: FakeGraph['run']): FakeGraph => ({
  inputs,
  outputs,
  run,
});

export const fakeGraphs: Readonly<Record<GraphName, FakeGraph>> = {
  visionEncoder: graphOf(signatures.visionEncoder, visionEncoder),
  visionHead: graphOf(signatures.visionHead, visionHead),
  textEncoder: graphOf(signatures.textEncoder, textEncoder),
  decoder: graphOf(signatures.decoder, decoder),
};

/** Returns a graph as what `createSession` gives, without any check. */
export const fakeSession = ({ inputs, outputs, run }: FakeGraph): Session => ({
  inputNames: inputs,
  outputNames: outputs,
  run: async (feeds) => run(feeds),
  dispose: async () => {},
});
