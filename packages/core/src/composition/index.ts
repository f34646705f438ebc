export {
  and,
  type CompositionPrompt,
  mean,
  minus,
  not,
  or,
  sum,
  term,
} from './builders.js';
export { composition } from './composition-strategy.js';
export { parsePrompt } from './parse.js';
