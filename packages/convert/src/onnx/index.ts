export { type Dim, Graph, type Initializer, type OnnxType, type Value } from './graph.js';
export * as ops from './ops.js';
export { encodeModel } from './write-model.js';
