/** The graphs of a model; `visionHead` serves image prompts alone. */
export type GraphName = 'visionEncoder' | 'visionHead' | 'textEncoder' | 'decoder';

/**
 * `int8` is 8-bit weights in both encoders and an fp32 decoder; `fp16` likewise with half floats.
 */
export type Dtype = 'fp32' | 'fp16' | 'int8';
