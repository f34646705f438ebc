/** The graphs of a model; only image prompts use `visionHead`. */
export type GraphName = 'visionEncoder' | 'visionHead' | 'textEncoder' | 'decoder';

/**
 * The precision of a variant. `int8` has 8-bit weights in both encoders and an fp32 decoder; `fp16`
 * has half floats in both encoders and an fp32 decoder.
 */
export type Dtype = 'fp32' | 'fp16' | 'int8';
