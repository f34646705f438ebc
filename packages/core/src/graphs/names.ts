import type { Dtype, GraphName } from '../contracts/graph.js';

/** What the converter calls a graph, in its file's name and within the file. */
export const graphStems: Readonly<Record<GraphName, string>> = {
  visionEncoder: 'vision_encoder',
  visionHead: 'vision_head',
  textEncoder: 'text_encoder',
  decoder: 'decoder',
};

export const graphNames = Object.keys(graphStems) as readonly GraphName[];

/** The graphs that are loaded before a model is ready: all but what serves image prompts alone. */
export const defaultPreload: readonly GraphName[] = ['visionEncoder', 'textEncoder', 'decoder'];

/** The most exact first. */
export const dtypes: readonly Dtype[] = ['fp32', 'fp16', 'int8'];
