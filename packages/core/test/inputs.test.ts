import { readFileSync } from 'node:fs';
import { ClipSegError, type Resolution } from '@clipseg/core';
import {
  checkRawImage,
  defaultPreprocessing,
  MAX_PIXELS,
  parseConfig,
  parseManifest,
  parsePreprocessing,
  resolutionOf,
  toRgb,
} from '@clipseg/core/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const error = (call: () => unknown): ClipSegError => {
  try {
    call();
  } catch (caught) {
    if (ClipSegError.isInstance(caught)) return caught;
    throw caught;
  }
  throw new Error('nothing was thrown');
};

describe('resolutionOf', () => {
  const image = { width: 640, height: 480 };
  it.each([
    [undefined, [352, 352]],
    [352, [352, 352]],
    [350, [352, 352]],
    [1, [16, 16]],
    [
      [100, 200],
      [96, 208],
    ],
    [{ longestSide: 352 }, [272, 352]], // 264 lies in the middle: away from zero
    [{ longestSide: 4096 }, [3072, 4096]],
  ] as [Resolution | undefined, number[]][])('%j', (size, expected) => {
    expect(resolutionOf(size, image, [352, 352], 16)).toEqual(expected);
  });

  it('a sliver keeps one patch', () => {
    const sliver = { width: 10_000, height: 1 };
    expect(resolutionOf({ longestSide: 320 }, sliver, [352, 352], 16)).toEqual([16, 320]);
  });

  it.each([0, -1, 4097, 1e9, 0.5, Number.NaN, Infinity, '352', true, null, [], [1], [1, 2, 3], {}])(
    '%j is refused',
    (size) => {
      const refused = error(() => resolutionOf(size as Resolution, image, [352, 352], 16));
      expect(refused.code).toBe('invalid-argument');
      expect(refused.message).toMatch(/^resolution: /);
    },
  );
});

describe('raw images', () => {
  const image = (change: object) => ({
    width: 2,
    height: 1,
    channels: 3,
    data: new Uint8Array(6),
    ...change,
  });
  it.each([
    [null, /null/],
    [7, /number/],
    [image({ width: 0 }), /at least 1/],
    [image({ height: 1.5 }), /at least 1/],
    [image({ width: 2 ** 15, height: 2 ** 15 }), new RegExp(`more than ${MAX_PIXELS}`)],
    [image({ channels: 2 }), /2 channels/],
    [image({ data: [1, 2, 3, 4, 5, 6] }), /no 8-bit data/],
    [image({ data: new Float32Array(6) }), /no 8-bit data/],
    [image({ data: new Uint8Array(5) }), /5 bytes, not 2 x 1 x 3 = 6/],
  ])('%# is refused', (input, message) => {
    const refused = error(() => checkRawImage(input));
    expect([refused.code, refused.message]).toEqual([
      'invalid-image',
      expect.stringMatching(message),
    ]);
  });

  it('become RGB: grey repeated, alpha over white', () => {
    const grey = toRgb({ width: 2, height: 1, channels: 1, data: Uint8Array.of(7, 9) });
    expect([...grey.data]).toEqual([7, 7, 7, 9, 9, 9]);
    const data = Uint8ClampedArray.of(255, 0, 0, 255, 0, 0, 0, 0, 100, 100, 100, 51);
    const rgb = toRgb({ width: 3, height: 1, channels: 4, data });
    expect([...rgb.data]).toEqual([255, 0, 0, 255, 255, 255, 224, 224, 224]);
  });
});

describe('parsePreprocessing', () => {
  it("is CLIPSeg's where a checkpoint says nothing, not the library's", () => {
    expect(parsePreprocessing(undefined)).toEqual(defaultPreprocessing);
    expect(parsePreprocessing({})).toEqual(defaultPreprocessing);
  });
  it('honours every field', () => {
    const read = parsePreprocessing({
      size: { height: 64, width: 32 },
      resample: 3,
      rescale_factor: 0.5,
      image_mean: [0, 1, 2],
      image_std: [1, 2, 3],
    });
    expect(read).toEqual({
      size: [64, 32],
      resample: 'bicubic',
      rescaleFactor: 0.5,
      imageMean: [0, 1, 2],
      imageStd: [1, 2, 3],
    });
    expect(parsePreprocessing({ size: 100, do_rescale: false })).toMatchObject({
      size: [100, 100],
      rescaleFactor: 1,
    });
    expect(parsePreprocessing({ size: { shortest_edge: 224 } }).size).toEqual([224, 224]);
  });
  const plain = { imageMean: [0, 0, 0], imageStd: [1, 1, 1] };
  it.each([
    [{ do_normalize: false, image_mean: [1, 2], image_std: 0 }, plain],
    [
      { do_normalize: false, do_rescale: false },
      { ...plain, rescaleFactor: 1 },
    ],
    [{ do_rescale: false, rescale_factor: 'x' }, { rescaleFactor: 1 }],
    [{ do_rescale: true, rescale_factor: 1 / 127.5 }, { rescaleFactor: 1 / 127.5 }],
    [
      { do_normalize: true, image_mean: 0.5, image_std: 0.5 },
      { imageMean: [0.5, 0.5, 0.5], imageStd: [0.5, 0.5, 0.5] },
    ],
    [{ do_center_crop: true, crop_size: 64, size: 64 }, { size: [64, 64] }],
    [{ do_center_crop: true, size: { height: 64, width: 32 } }, { size: [64, 32] }],
    [{ do_center_crop: false, crop_size: { height: 9, width: 9 }, size: 64 }, { size: [64, 64] }],
    [{ do_center_crop: null, crop_size: null, do_pad: null, resample: null }, { size: [352, 352] }],
    [{ size: { shortest_edge: 96 }, do_resize: true }, { size: [96, 96] }],
    [{ resample: 2 }, { resample: 'bilinear' }],
  ])('%j is honoured', (json, expected) => {
    expect(parsePreprocessing(json)).toEqual({ ...defaultPreprocessing, ...expected });
  });
  it.each([
    [{ do_resize: false }, 'do_resize is false, not true: pictures are always resized'],
    [
      { do_center_crop: true, crop_size: 224, size: 256 },
      'do_center_crop is true, not false: a mask',
    ],
    [{ do_center_crop: true, crop_size: { height: 1 } }, 'crop_size'],
    [{ do_pad: true }, 'do_pad is true'],
    [{ do_normalize: 'no' }, 'do_normalize is "no", not true or false'],
    [{ do_rescale: 0 }, 'do_rescale'],
    [{ resample: 0 }, 'resample is 0, not 2 (bilinear) or 3 (bicubic)'],
    [{ resample: { toString: 1 } }, 'resample is {"toString": 1}'],
    [{ size: { longest_edge: 352 } }, 'size is {"longest_edge": 352}'],
    [{ size: { height: 64 } }, 'size'],
    [{ size: 1e308 }, 'size'],
    [{ size: '352' }, 'size'],
    [{ rescale_factor: 1e300 }, 'rescale_factor'],
    [{ rescale_factor: 'x' }, 'rescale_factor is "x"'],
    [{ image_mean: ['a', 'b', 'c'] }, 'image_mean'],
    [{ image_mean: [0.5, 0.5, 0.5, 0.5] }, 'image_mean'],
    [{ image_mean: [1e30, 0, 0] }, 'pixels stay below'],
    [{ image_std: [1e-30, 1, 1] }, 'image_std'],
    [{ image_std: 0 }, 'image_std is [0, 0, 0]'],
    [{ image_std: 'x'.repeat(1e6) }, 'image_std is "xxx'],
    [[], 'the whole'],
    [{ size: 0 }, 'size'],
    [{ size: { height: 1e9, width: 1 } }, 'size'],
    [{ resample: 1 }, 'resample'],
    [{ rescale_factor: 0 }, 'rescale_factor'],
    [{ image_mean: [1, 2] }, 'image_mean'],
    [{ image_std: [1, 0, 1] }, 'image_std'],
  ] as [unknown, string][])('%j names the field', (json, field) => {
    const refused = error(() => parsePreprocessing(json));
    expect(refused.message.length).toBeLessThan(300);
    expect([refused.code, refused.message]).toEqual([
      'invalid-config',
      expect.stringContaining(field),
    ]);
  });
});

// What a count in a config must not be: counts of tensors, of loops and of memory depend on it.
const wrongCounts = [0, -1, 1.5, 1e308, 2 ** 53, '12', 'NaN', true, [12], { valueOf: 1 }];

describe('parseConfig', () => {
  it("takes the library's defaults", () => {
    const config = parseConfig({});
    expect(config).toMatchObject({
      projectionDim: 512,
      extractLayers: [3, 6, 9],
      reduceDim: 64,
      conditionalLayer: 0,
      textConfig: { vocabSize: 49408, hiddenSize: 512, maxPositionEmbeddings: 77 },
      visionConfig: { hiddenSize: 768, numHiddenLayers: 12, imageSize: 224, patchSize: 32 },
    });
  });
  it.each([
    [{ extract_layers: [] }, 'extract_layers'],
    [{ extract_layers: [3, 3] }, 'extract_layers'],
    [{ extract_layers: [3, 12] }, 'num_hidden_layers 12'],
    [{ conditional_layer: 3 }, 'conditional_layer'],
    [{ reduce_dim: 62 }, 'decoder_num_attention_heads'],
    [{ projection_dim: '512' }, 'projection_dim'],
    [{ projection_dim: 2 ** 40 }, 'projection_dim'],
    [{ use_complex_transposed_convolution: 1 }, 'use_complex_transposed_convolution'],
    [{ vision_config: { patch_size: 300 } }, 'patch_size'],
    [{ vision_config: { num_channels: 1 } }, 'num_channels'],
    [{ vision_config: { hidden_act: 'silu' } }, 'hidden_act'],
    [{ vision_config: { layer_norm_eps: 0 } }, 'layer_norm_eps'],
    [{ vision_config: [] }, 'vision_config'],
    [{ text_config: { num_attention_heads: 7 } }, 'num_attention_heads'],
    [{ text_config: { eos_token_id: -1 } }, 'eos_token_id'],
    ...['num_hidden_layers', 'hidden_size', 'intermediate_size', 'num_attention_heads'].flatMap(
      (field) =>
        wrongCounts.flatMap((value) => [
          [{ vision_config: { [field]: value } }, `vision_config.${field} is `],
          [{ text_config: { [field]: value } }, `text_config.${field} is `],
        ]),
    ),
    ...['image_size', 'patch_size'].flatMap((field) =>
      wrongCounts.map((value) => [
        { vision_config: { [field]: value } },
        `vision_config.${field} is `,
      ]),
    ),
    ...['vocab_size', 'max_position_embeddings'].flatMap((field) =>
      wrongCounts.map((value) => [{ text_config: { [field]: value } }, `text_config.${field} is `]),
    ),
    ...[
      'projection_dim',
      'reduce_dim',
      'decoder_num_attention_heads',
      'decoder_intermediate_size',
    ].flatMap((field) => wrongCounts.map((value) => [{ [field]: value }, `${field} is `])),
    [{ text_config: { vocab_size: 3000 } }, 'eos_token_id is 49407, not below vocab_size 3000'],
    [{ extract_layers: 'x'.repeat(1e6) }, 'extract_layers is "xxx'],
    [{ extract_layers: Array.from({ length: 1e5 }, (_, i) => i) }, 'extract_layers is [0, 1, 2'],
    [{ extract_layers: [1.5] }, 'extract_layers'],
    [{ extract_layers: ['3'] }, 'extract_layers'],
    [{ extract_layers: [[3]] }, 'extract_layers'],
    [{ extract_layers: { length: 3 } }, 'extract_layers'],
    [{ vision_config: { num_hidden_layers: 257 } }, 'num_hidden_layers is 257'],
    [{ vision_config: { patch_size: 1025, image_size: 2000 } }, 'patch_size is 1025'],
  ] as [unknown, string][])('%j names the field', (json, field) => {
    const refused = error(() => parseConfig(json));
    expect(refused.message.length).toBeLessThan(300);
    expect([refused.code, refused.message]).toEqual([
      'invalid-config',
      expect.stringContaining(field),
    ]);
  });
});

describe('any JSON at all', () => {
  const model = new URL('../../mini/model/clipseg.json', import.meta.url);
  const manifest = JSON.parse(readFileSync(model, 'utf8'));
  const clone = () => JSON.parse(JSON.stringify(manifest));

  it.each([
    ['parseConfig', parseConfig],
    ['parsePreprocessing', parsePreprocessing],
    ['parseManifest', parseManifest],
  ])('%s reads it or throws a ClipSegError', (_, parse) => {
    const check = (json: unknown) => {
      try {
        parse(json);
      } catch (caught) {
        if (!ClipSegError.isInstance(caught)) throw caught;
      }
    };
    fc.assert(fc.property(fc.jsonValue(), check), { numRuns: 2000, seed: 1 });
  });

  it('a manifest with any field changed is refused or harmless', () => {
    const paths: (string | number)[][] = [];
    const walk = (value: unknown, path: (string | number)[]) => {
      if (path.length > 0) paths.push(path);
      if (typeof value !== 'object' || value === null || paths.length > 400) return;
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
    };
    walk(manifest, []);
    let refused = 0;
    const change = ([path, value]: [(string | number)[], unknown]) => {
      const json = clone();
      const parent = path.slice(0, -1).reduce((node, key) => node[key], json);
      parent[path.at(-1) as string] = value;
      try {
        parseManifest(json);
      } catch (caught) {
        if (!ClipSegError.isInstance(caught)) throw caught;
        expect(caught.code).toBe('invalid-model');
        refused++;
      }
    };
    const changes = fc.tuple(fc.constantFrom(...paths), fc.jsonValue());
    fc.assert(fc.property(changes, change), { numRuns: 2000, seed: 1 });
    expect(refused).toBeGreaterThan(300);
  });

  it.each(['../secret', '/etc/passwd', 'a/b', 'a\\b', '..', ''])('no file is called %j', (name) => {
    const json = clone();
    json.files[name] = json.files['decoder.onnx'];
    json.variants.fp32.decoder = name;
    expect(error(() => parseManifest(json)).message).toMatch(/no plain file name/);
  });
});
