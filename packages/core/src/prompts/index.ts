export { bankStrategy } from './bank/bank-strategy.js';
export { type PromptBank, readPromptBank, writePromptBank } from './bank/prompt-bank.js';
export { compositionStrategy } from './strategies/composition-strategy.js';
export { embeddingStrategy } from './strategies/embedding-strategy.js';
export { imageStrategy } from './strategies/image-strategy.js';
export { mixStrategy } from './strategies/mix-strategy.js';
export { ensembleStrategy, templateStrategy, templates } from './strategies/template-strategy.js';
export { textStrategy } from './strategies/text-strategy.js';
