export { viewOf } from './crop-image.js';
export { checkCrop, planViews } from './plan.js';
