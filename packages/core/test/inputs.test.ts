import { readFileSync } from 'node:fs';
import {
  ClipSegError,
  checkRawImage,
  defaultPreprocessing,
  MAX_PIXELS,
  parseConfig,
  parseManifest,
  parsePreprocessing,
  resolveSize,
  type Size,
  toRgb,
} from '@clipseg/core';
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

describe('resolveSize', () => {
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
  ] as [Size | undefined, number[]][])('%j', (size, expected) => {
    expect(resolveSize(size, image, [352, 352], 16)).toEqual(expected);
  });

  it('a sliver keeps one patch', () => {
    const sliver = { width: 10_000, height: 1 };
    expect(resolveSize({ longestSide: 320 }, sliver, [352, 352], 16)).toEqual([16, 320]);
  });

  it.each([0, -1, 4097, 1e9, 0.5, Number.NaN, Infinity, '352', true, null, [], [1], [1, 2, 3], {}])(
    '%j is refused',
    (size) => {
      const refused = error(() => resolveSize(size as Size, image, [352, 352], 16));
      expect(refused.code).toBe('invalid-argument');
      expect(refused.message).toMatch(/^size: /);
    },
  );
});

describe('raw images', () => {
  const image = (change: object) => ({
    ...{ width: 2, height: 1, channels: 3, data: new Uint8Array(6) },
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
      ...{ size: { height: 64, width: 32 }, resample: 3, rescale_factor: 0.5 },
      ...{ image_mean: [0, 1, 2], image_std: [1, 2, 3] },
    });
    expect(read).toEqual({
      ...{ size: [64, 32], resample: 'bicubic', rescaleFactor: 0.5 },
      ...{ imageMean: [0, 1, 2], imageStd: [1, 2, 3] },
    });
    expect(parsePreprocessing({ size: 100, do_rescale: false })).toMatchObject({
      ...{ size: [100, 100], rescaleFactor: 1 },
    });
    expect(parsePreprocessing({ size: { shortest_edge: 224 } }).size).toEqual([224, 224]);
  });
  it.each([
    [[], 'the whole'],
    [{ size: 0 }, 'size'],
    [{ size: { height: 1e9, width: 1 } }, 'size'],
    [{ resample: 1 }, 'resample'],
    [{ rescale_factor: 0 }, 'rescale_factor'],
    [{ image_mean: [1, 2] }, 'image_mean'],
    [{ image_std: [1, 0, 1] }, 'image_std'],
  ])('%j names the field', (json, field) => {
    const refused = error(() => parsePreprocessing(json));
    expect([refused.code, refused.message]).toEqual([
      'invalid-config',
      expect.stringContaining(field),
    ]);
  });
});

describe('parseConfig', () => {
  it("takes the library's defaults", () => {
    const config = parseConfig({});
    expect(config).toMatchObject({
      ...{ projectionDim: 512, extractLayers: [3, 6, 9], reduceDim: 64, conditionalLayer: 0 },
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
  ])('%j names the field', (json, field) => {
    const refused = error(() => parseConfig(json));
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
