/** The dimensions of a transformer tower: Hugging Face's fields in camelCase. */
export interface TowerConfig {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  readonly layerNormEps: number;
  readonly hiddenAct: 'quick_gelu' | 'gelu';
}

export interface TextConfig extends TowerConfig {
  readonly vocabSize: number;
  /** The context length: 77 tokens, including start and end tokens. */
  readonly maxPositionEmbeddings: number;
  readonly bosTokenId: number;
  readonly eosTokenId: number;
  readonly padTokenId: number;
}

export interface VisionConfig extends TowerConfig {
  readonly imageSize: number;
  readonly patchSize: number;
  readonly numChannels: number;
}

/** config.json of a CLIPSeg checkpoint (transformers' configuration_clipseg.py). */
export interface ClipSegConfig {
  readonly textConfig: TextConfig;
  readonly visionConfig: VisionConfig;
  readonly projectionDim: number;
  /** Vision blocks whose outputs the decoder reads, counted from 0. */
  readonly extractLayers: readonly number[];
  readonly reduceDim: number;
  readonly decoderNumAttentionHeads: number;
  readonly decoderIntermediateSize: number;
  /** The decoder block before which the prompt is applied (FiLM); 0 is the deepest. */
  readonly conditionalLayer: number;
  readonly useComplexTransposedConvolution: boolean;
}
