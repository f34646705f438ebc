import { ClipSegError } from '@clipseg/core';
import { mergeWeights, tensorBytes, type Weight, type Weights, weightsOf } from './weights.js';

// timojl/clipseg publishes only the decoder (models/clipseg.py, CLIPDensePredT): `blocks` are
// torch's TransformerEncoderLayer, `trans_conv` is the upsampler, `reduce` is never used.

const blockNames: Readonly<Record<string, string>> = {
  linear1: 'mlp.fc1',
  linear2: 'mlp.fc2',
  norm1: 'layer_norm1',
  norm2: 'layer_norm2',
};
const IN_PROJECTION = /^blocks\.(\d+)\.self_attn\.in_proj_(weight|bias)$/;

function rename(name: string): string {
  const [, layer, part = '', kind] = /^blocks\.(\d+)\.(.+)\.(weight|bias)$/.exec(name) ?? [];
  if (layer !== undefined) {
    const renamed = Object.hasOwn(blockNames, part) ? blockNames[part] : part;
    return `decoder.layers.${layer}.${renamed}.${kind}`;
  }
  return `decoder.${name.replace(/^trans_conv\./, 'transposed_convolution.')}`;
}

/** Splits torch's stacked query, key and value: [3D, D] or [3D]. */
function splitInProjection(weight: Weight): Weight[] {
  const [, layer, part] = IN_PROJECTION.exec(weight.name) ?? [];
  const [stacked = 0, ...rest] = weight.shape;
  if (stacked === 0 || stacked % 3 !== 0) {
    throw new ClipSegError(
      'invalid-checkpoint',
      `${weight.name} is [${weight.shape.join(', ')}], which is not divisible into query, key and value.`,
    );
  }
  const shape = [stacked / 3, ...rest];
  const bytes = tensorBytes(weight.dtype, shape)!;
  return ['q', 'k', 'v'].map((letter, i) => ({
    name: `decoder.layers.${layer}.self_attn.${letter}_proj.${part}`,
    dtype: weight.dtype,
    shape,
    async read(options) {
      return (await weight.read(options)).slice(i * bytes, (i + 1) * bytes);
    },
  }));
}

/**
 * Joins a CLIP and the original's decoder, with the names of Hugging Face's CLIPSeg. Closing the
 * result closes both.
 * @throws ClipSegError `invalid-checkpoint`
 */
export function joinOriginal(clip: Weights, decoder: Weights): Weights {
  if (!clip.has('visual_projection.weight')) {
    throw new ClipSegError(
      'invalid-checkpoint',
      'The folder given with a decoder is not a CLIP: it has no visual_projection.weight.' +
        (clip.has('clip.visual_projection.weight')
          ? ' It is a CLIPSeg; leave out the decoder.'
          : ''),
    );
  }
  const prefixed = clip.names.map((name) => ({ ...clip.get(name), name: `clip.${name}` }));
  const used = decoder.names.filter((name) => !name.startsWith('reduce.'));
  const renamed = used.flatMap((name) => {
    const weight = decoder.get(name);
    return IN_PROJECTION.test(name)
      ? splitInProjection(weight)
      : [{ ...weight, name: rename(name) }];
  });
  return mergeWeights([
    weightsOf(prefixed, () => clip.close()),
    weightsOf(renamed, () => decoder.close()),
  ]);
}

/**
 * Derives fields of config.json from the decoder's shapes. They do not show its 4 heads, nor the
 * layers it reads, but all released loaders use 3, 6 and 9.
 * @throws ClipSegError `invalid-checkpoint` if it is not a decoder of timojl/clipseg
 */
export function decoderFields(decoder: Weights, path: string): Record<string, unknown> {
  const matrix = (name: string): readonly [number, number] => {
    const shape = decoder.has(name) ? decoder.get(name).shape : [];
    if (shape.length === 2) return shape as unknown as readonly [number, number];
    throw new ClipSegError(
      'invalid-checkpoint',
      `${path} has no matrix ${name}: it is not a decoder of timojl/clipseg.`,
    );
  };
  const [reduceDim, projectionDim] = matrix('film_mul.weight');
  const extracted = decoder.names.filter((name) => /^reduces\.\d+\.weight$/.test(name)).length;
  return {
    reduce_dim: reduceDim,
    projection_dim: projectionDim,
    decoder_intermediate_size: matrix('blocks.0.linear1.weight')[0],
    use_complex_transposed_convolution: decoder.has('trans_conv.0.weight'),
    extract_layers: Array.from({ length: extracted }, (_, i) => 3 + 3 * i),
  };
}
