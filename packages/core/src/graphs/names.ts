import type { Dtype, GraphName } from '../contracts/graph.js';

/** The converter's name of each graph, in the file's name and inside the file. */
export const graphStems: Readonly<Record<GraphName, string>> = {
  visionEncoder: 'vision_encoder',
  visionHead: 'vision_head',
  textEncoder: 'text_encoder',
  decoder: 'decoder',
};

export const graphNames = Object.keys(graphStems) as readonly GraphName[];

/** The graphs that are loaded before a model is ready: all but that of image prompts. */
export const defaultPreload: readonly GraphName[] = ['visionEncoder', 'textEncoder', 'decoder'];

/** All dtypes, the most exact first. */
export const dtypes: readonly Dtype[] = ['fp32', 'fp16', 'int8'];
