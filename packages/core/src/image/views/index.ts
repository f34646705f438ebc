export { viewOf } from './crop-image.js';
export { createFusion } from './fuse.js';
export { checkRegion, planViews } from './plan.js';
