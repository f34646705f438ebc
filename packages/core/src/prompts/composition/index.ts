export { composition } from '../strategies/composition-strategy.js';
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
export { parsePrompt } from './parse.js';
