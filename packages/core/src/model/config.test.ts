import { describe, expect, it } from 'vitest';
import { eosPosition, parseConfig } from './config.js';

const usual = parseConfig({});

describe('parseConfig', () => {
  it("has the library's defaults", () => {
    expect(usual).toEqual({
      textConfig: {
        hiddenSize: 512,
        intermediateSize: 2048,
        numHiddenLayers: 12,
        numAttentionHeads: 8,
        layerNormEps: 1e-5,
        hiddenAct: 'quick_gelu',
        vocabSize: 49408,
        maxPositionEmbeddings: 77,
        bosTokenId: 49406,
        eosTokenId: 49407,
        padTokenId: 1,
      },
      visionConfig: {
        hiddenSize: 768,
        intermediateSize: 3072,
        numHiddenLayers: 12,
        numAttentionHeads: 12,
        layerNormEps: 1e-5,
        hiddenAct: 'quick_gelu',
        imageSize: 224,
        patchSize: 32,
        numChannels: 3,
      },
      projectionDim: 512,
      extractLayers: [3, 6, 9],
      reduceDim: 64,
      decoderNumAttentionHeads: 4,
      decoderIntermediateSize: 2048,
      conditionalLayer: 0,
      useComplexTransposedConvolution: false,
    });
  });

  it('reads what there is, null as omitted, and nothing else', () => {
    const json = {
      text_config: { hidden_act: 'gelu', pad_token_id: null, foo: 1 },
      vision_config: null,
      reduce_dim: 128,
    };
    const { textConfig, visionConfig, reduceDim } = parseConfig(json);
    expect(textConfig).toEqual({ ...usual.textConfig, hiddenAct: 'gelu' });
    expect(visionConfig).toEqual(usual.visionConfig);
    expect(reduceDim).toBe(128);
    const inherited = Object.assign(Object.create({ reduce_dim: 128 }), {});
    expect(parseConfig(inherited).reduceDim).toBe(64);
  });

  it.each([
    [{ text_config: { vocab_size: 2, eos_token_id: 1 } }],
    [{ text_config: { max_position_embeddings: 3, bos_token_id: 0, pad_token_id: 0 } }],
    [{ vision_config: { patch_size: 224 } }],
    [{ vision_config: { num_hidden_layers: 256 } }],
    [{ extract_layers: [0] }],
    [{ extract_layers: [11] }],
    [{ conditional_layer: 2 }],
    [{ use_complex_transposed_convolution: true }],
    [{ projection_dim: 2 ** 20 }],
    [{ reduce_dim: 3, decoder_num_attention_heads: 3 }],
    [{ vision_config: { patch_size: 6 } }],
  ])('takes %j', (json) => {
    expect(() => parseConfig(json)).not.toThrow();
  });

  it.each([
    [null, /the whole/],
    ['{}', /the whole/],
    [{ text_config: 5 }, /text_config is 5/],
    [{ vision_config: [] }, /vision_config/],
    [{ text_config: { layer_norm_eps: 0 } }, /text_config.layer_norm_eps is 0/],
    [{ text_config: { layer_norm_eps: 1 } }, /layer_norm_eps is 1/],
    [{ text_config: { layer_norm_eps: '1e-5' } }, /layer_norm_eps/],
    [{ vision_config: { hidden_act: 'relu' } }, /vision_config.hidden_act is "relu"/],
    [
      { vision_config: { num_attention_heads: 5 } },
      /vision_config.num_attention_heads is 5.*hidden_size 768/,
    ],
    [{ text_config: { hidden_size: 0 } }, /hidden_size is 0/],
    [{ text_config: { hidden_size: 1.5 } }, /hidden_size is 1.5/],
    [{ text_config: { intermediate_size: 2 ** 20 + 1 } }, /intermediate_size is 1048577/],
    [{ text_config: { num_hidden_layers: 257 } }, /num_hidden_layers is 257/],
    [{ text_config: { vocab_size: 1 } }, /vocab_size is 1/],
    [{ text_config: { vocab_size: 49407 } }, /eos_token_id is 49407.*vocab_size 49407/],
    [{ text_config: { eos_token_id: -1 } }, /eos_token_id is -1/],
    [{ text_config: { bos_token_id: -1 } }, /bos_token_id is -1/],
    [{ text_config: { pad_token_id: -1 } }, /pad_token_id is -1/],
    [{ text_config: { max_position_embeddings: 2 } }, /max_position_embeddings is 2/],
    [{ vision_config: { num_channels: 4 } }, /num_channels is 4/],
    [{ vision_config: { patch_size: 225 } }, /patch_size is 225.*image_size 224/],
    [{ vision_config: { image_size: 2048, patch_size: 1025 } }, /patch_size is 1025/],
    [{ extract_layers: [] }, /extract_layers/],
    [{ extract_layers: 3 }, /extract_layers is 3/],
    [{ extract_layers: [-1] }, /extract_layers/],
    [{ extract_layers: [0.5] }, /extract_layers/],
    [{ extract_layers: [3, 3] }, /increasing/],
    [{ extract_layers: [6, 3] }, /increasing/],
    [{ extract_layers: [12] }, /below num_hidden_layers 12/],
    [{ conditional_layer: 3 }, /conditional_layer is 3.*below the 3/],
    [{ conditional_layer: -1 }, /conditional_layer is -1/],
    [{ decoder_num_attention_heads: 5 }, /decoder_num_attention_heads is 5.*reduce_dim 64/],
    [{ use_complex_transposed_convolution: 1 }, /use_complex_transposed_convolution is 1/],
    [
      { use_complex_transposed_convolution: true, reduce_dim: 3, decoder_num_attention_heads: 1 },
      /reduce_dim is 3, not even/,
    ],
    [
      { use_complex_transposed_convolution: true, vision_config: { patch_size: 6 } },
      /patch_size is 6.*multiple of 4/,
    ],
  ])('refuses %j', (json, message) => {
    expect(() => parseConfig(json)).toThrow(message);
    expect(() => parseConfig(json)).toThrow(
      expect.objectContaining({
        code: 'invalid-config',
        message: expect.stringMatching(/^config\.json: /),
      }),
    );
  });
});

describe('eosPosition', () => {
  const { textConfig } = usual;

  it('is the first end of text, or the largest id in old configs', () => {
    expect(eosPosition([49406, 320, 49407, 49407], textConfig)).toBe(2);
    expect(eosPosition([5, 9, 2, 9], { ...textConfig, eosTokenId: 2 })).toBe(1);
    expect(() => eosPosition([1, 2], textConfig)).toThrow(/end-of-text token 49407/);
  });
});
