import { ClipSegError } from '@clipseg/core';
import { dtypeBytes, mergeWeights, type Weight, type Weights, weightsOf } from './weights.js';

// timojl/clipseg publishes the decoder alone (models/clipseg.py, CLIPDensePredT): `blocks` are
// torch's TransformerEncoderLayer, `trans_conv` the upsampler, `reduce` is never used.

const blockNames: readonly (readonly [string, string])[] = [
  ['self_attn.out_proj', 'self_attn.out_proj'],
  ['linear1', 'mlp.fc1'],
  ['linear2', 'mlp.fc2'],
  ['norm1', 'layer_norm1'],
  ['norm2', 'layer_norm2'],
];

function rename(name: string): string {
  const block = /^blocks\.(\d+)\.(.+)\.(weight|bias)$/.exec(name);
  if (block) {
    const found = blockNames.find(([from]) => from === block[2]);
    return `decoder.layers.${block[1]}.${found?.[1] ?? block[2]}.${block[3]}`;
  }
  return `decoder.${name.replace(/^trans_conv\./, 'transposed_convolution.')}`;
}

/** torch keeps query, key and value in one matrix, one above the other. */
function splitInProjection(weight: Weight): Weight[] {
  const [, layer, part] =
    /^blocks\.(\d+)\.self_attn\.in_proj_(weight|bias)$/.exec(weight.name) ?? [];
  const rows = (weight.shape[0] ?? 0) / 3;
  const shape = [rows, ...weight.shape.slice(1)];
  const bytes = shape.reduce((n, d) => n * d, dtypeBytes[weight.dtype]);
  return ['q', 'k', 'v'].map((letter, i) => ({
    name: `decoder.layers.${layer}.self_attn.${letter}_proj.${part}`,
    dtype: weight.dtype,
    shape,
    async read(options) {
      return (await weight.read(options)).slice(i * bytes, (i + 1) * bytes);
    },
  }));
}

/** The original's decoder over a CLIP, under the names of Hugging Face's CLIPSeg. */
export function joinOriginal(clip: Weights, decoder: Weights): Weights {
  const prefixed = clip.names.map((name) => ({ ...clip.get(name), name: `clip.${name}` }));
  const renamed = decoder.names.flatMap((name) => {
    const weight = decoder.get(name);
    if (/^blocks\.\d+\.self_attn\.in_proj_(weight|bias)$/.test(name)) {
      return splitInProjection(weight);
    }
    return [{ ...weight, name: rename(name) }];
  });
  return mergeWeights([
    weightsOf(prefixed, () => clip.close()),
    weightsOf(renamed, () => decoder.close()),
  ]);
}

/** What the decoder's shapes tell about a config.json that has none of it. */
export function decoderFields(decoder: Weights, path: string): Record<string, unknown> {
  const shape = (name: string): readonly number[] => {
    if (decoder.has(name)) return decoder.get(name).shape;
    throw new ClipSegError(
      'invalid-checkpoint',
      `${path} has no ${name}: not a decoder of timojl/clipseg.`,
    );
  };
  const [reduceDim, projectionDim] = shape('film_mul.weight');
  const extracted = decoder.names.filter((name) => /^reduces\.\d+\.weight$/.test(name)).length;
  return {
    reduce_dim: reduceDim,
    projection_dim: projectionDim,
    decoder_intermediate_size: shape('blocks.0.linear1.weight')[0],
    use_complex_transposed_convolution: decoder.has('trans_conv.0.weight'),
    extract_layers: Array.from({ length: extracted }, (_, i) => 3 + 3 * i),
  };
}
