export { and, mean, minus, not, or, sum, term } from './builders.js';
export { parsePrompt } from './parse.js';
