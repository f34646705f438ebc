// Compares the rate of the fp32 vision encoder with that of bare matrix multiplications:
//   node gemm.js VISION_ENCODER   prints one line of JSON
import { availableParallelism } from 'node:os';
import { encodeModel, Graph, ops, type Value } from '@clipseg/convert/onnx';
import { sizes, tokens } from './checkpoint.js';
import { median, report, time } from './measure.js';

process.env.ORT_DISABLE_TELEMETRY ||= '1'; // before loading it
const ort = await import('onnxruntime-node');

const { side, patch, width, mlp, reduced, extractLayers } = sizes;
const LAYERS = 12;
const ROUNDS = 15;

/** A chain of the encoder's most common multiplications: [N, C] x [C, 4C] x [4C, C]. */
async function multiplications(): Promise<Uint8Array> {
  const g = new Graph('gemm');
  const weight = (name: string, dims: [number, number]): Value => {
    const data = new Float32Array(dims[0] * dims[1]).fill(1e-3);
    const bytes = new Uint8Array(data.buffer);
    return g.weight({
      name,
      type: 'float32',
      dims,
      byteLength: bytes.length,
      read: async () => bytes,
    });
  };
  let x = g.input('x', 'float32', [tokens, width]);
  for (let i = 0; i < LAYERS; i++) {
    x = ops.matMul(g, x, weight(`up.${i}`, [width, mlp]));
    x = ops.matMul(g, x, weight(`down.${i}`, [mlp, width]));
  }
  g.output('y', x);
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeModel(g)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const blocks = Math.max(...extractLayers) + 1;
/** Multiplications and additions of the vision encoder, without norms, softmax, activations. */
const encoderFlops =
  blocks * (2 * tokens * width * (4 * width + 2 * mlp) + 4 * tokens * tokens * width) +
  2 * (tokens - 1) * width * 3 * patch * patch +
  2 * tokens * width * reduced * extractLayers.length;
const gemmFlops = LAYERS * 4 * tokens * width * mlp;

const options = {
  intraOpNumThreads: availableParallelism(),
  logSeverityLevel: 3 as const,
  extra: { session: { force_spinning_stop: '1' } }, // otherwise each slows down the other
};
const gemm = await ort.InferenceSession.create(await multiplications(), options);
const encoder = await ort.InferenceSession.create(process.argv[2]!, options);
const wave = (...dims: number[]) => {
  const count = dims.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: count }, (_, i) => Math.sin(i / 50));
  return new ort.Tensor('float32', data, dims);
};
const feeds = {
  pixel_values: wave(1, 3, side, side),
  position_embedding: wave(1, tokens, width),
  masked: new ort.Tensor('bool', Uint8Array.of(0), [1]),
  attention_factor: wave(1, 1, 1),
  attention_bias: wave(1, 1, 1),
};
const x = wave(tokens, width);
const times = { gemm: [] as number[], encoder: [] as number[] };
for (let round = -1; round < ROUNDS; round++) {
  const gemmTime = await time(() => gemm.run({ x }));
  const encoderTime = await time(() => encoder.run(feeds, ['features']));
  if (round < 0) continue; // warms up
  times.gemm.push(gemmTime);
  times.encoder.push(encoderTime);
}
report({
  gemm: gemmFlops / median(times.gemm) / 1e6,
  encoder: encoderFlops / median(times.encoder) / 1e6,
});
