import { datasetTargets } from './targets/datasets.js';
import { formatTargets } from './targets/formats.js';
import { imageTargets } from './targets/images.js';
import { modelTargets } from './targets/models.js';
import { nodeTargets } from './targets/node.js';
import { promptTargets } from './targets/prompts.js';
import { webTargets } from './targets/web.js';

/** Targets for every parser of outside input, slow ones first, so that none is left for the end. */
export const targets = [
  ...imageTargets,
  ...modelTargets,
  ...nodeTargets,
  ...datasetTargets,
  ...webTargets,
  ...formatTargets,
  ...promptTargets,
];
