export { viewOf } from './crop-image.js';
export { createFusion } from './fuse.js';
export { checkCrop, planViews } from './plan.js';
