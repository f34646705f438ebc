import type { ClipSegConfig, Session } from '@clipseg/core/model';
import type { Parameters } from '../checkpoint/parameters.js';
import { lastMaskLayer } from '../clipseg/vision.js';

// SmoothQuant (Xiao et al. 2023, eq. 4). A few channels of CLIP's activations are tens of times
// larger than the rest, which a single 8-bit scale for the tensor would round to nothing. Dividing
// a channel at its producer (a LayerNorm, or v_proj) and multiplying the weights that read it by
// the same factor changes only the ranges.

const ALPHA = 0.5;
const FLOOR = 1e-5;

/** Largest |activation| per channel, by the layer that produces them. */
export type Observations = Map<string, Float32Array>;
export const OBSERVED = 'observed:';

/** Wraps a session so that its runs also record the observed activations in `into`. */
export function observing(session: Session, into: Observations): Session {
  return {
    ...session,
    async run(feeds, { signal } = {}) {
      const results = await session.run(feeds, { signal });
      for (const [name, tensor] of Object.entries(results)) {
        if (!name.startsWith(OBSERVED)) continue;
        const producer = name.slice(OBSERVED.length);
        const values = tensor.data as Float32Array;
        const known = into.get(producer);
        into.set(producer, known ? known.map((v, i) => Math.max(v, values[i]!)) : values);
      }
      return results;
    },
  };
}

interface Flow {
  readonly producer: string;
  readonly consumers: readonly string[];
  readonly outFeatures: number;
  readonly width: number;
}

function flows(layer: string, width: number, intermediate: number): Flow[] {
  const attention = `${layer}.self_attn`;
  const qkv = ['q_proj', 'k_proj', 'v_proj'].map((name) => `${attention}.${name}`);
  const mlp = [`${layer}.mlp.fc1`];
  return [
    { producer: `${layer}.layer_norm1`, consumers: qkv, outFeatures: width, width },
    {
      producer: `${attention}.v_proj`,
      consumers: [`${attention}.out_proj`],
      outFeatures: width,
      width,
    },
    { producer: `${layer}.layer_norm2`, consumers: mlp, outFeatures: intermediate, width },
  ];
}

function allFlows(config: ClipSegConfig): Flow[] {
  const { visionConfig: v, textConfig: t } = config;
  const depth = Math.max(v.numHiddenLayers, lastMaskLayer(config) + 1);
  const of = (key: string, count: number, width: number, intermediate: number) =>
    Array.from({ length: count }, (_, i) =>
      flows(`clip.${key}.encoder.layers.${i}`, width, intermediate),
    ).flat();
  return [
    ...of('vision_model', depth, v.hiddenSize, v.intermediateSize),
    ...of('text_model', t.numHiddenLayers, t.hiddenSize, t.intermediateSize),
  ];
}

/** Computes factors by producer: sqrt(activation range / weight range) of each channel. */
export async function smoothingFactors(
  observations: Observations,
  parameters: Parameters,
  config: ClipSegConfig,
  signal?: AbortSignal,
): Promise<Map<string, Float32Array>> {
  const factors = new Map<string, Float32Array>();
  for (const { producer, consumers, outFeatures, width } of allFlows(config)) {
    const activation = observations.get(producer);
    if (!activation) continue;
    const weight = new Float32Array(width);
    for (const consumer of consumers) {
      const parameter = parameters.take(`${consumer}.weight`, [outFeatures, width]);
      columnMax(await parameter.read({ signal }), width, weight);
    }
    factors.set(
      producer,
      activation.map(
        (a, i) => Math.max(a, FLOOR) ** ALPHA / Math.max(weight[i]!, FLOOR) ** (1 - ALPHA),
      ),
    );
  }
  return factors;
}

function columnMax(values: Float32Array, width: number, into: Float32Array): void {
  for (let row = 0; row < values.length; row += width) {
    for (let i = 0; i < width; i++) {
      const value = Math.abs(values[row + i]!);
      if (value > into[i]!) into[i] = value;
    }
  }
}
