export type { Composition, TermOptions } from '../contracts/composition.js';
export type { ConditionalEmbedding } from '../contracts/encoded.js';
export type * from '../contracts/masking-strategy.js';
export type {
  CompositionPrompt,
  EmbeddingPrompt,
  ImagePrompt,
  MixPrompt,
  Support,
  TemplatePrompt,
  TextPrompt,
} from '../contracts/prompt.js';
export type * from '../contracts/prompt-strategy.js';
export { bankStrategy } from './bank/bank-strategy.js';
export { type PromptBank, readPromptBank, writePromptBank } from './bank/prompt-bank.js';
export * from './masking/index.js';
export { supportMask } from './masking/token-mask.js';
export { compositionStrategy } from './strategies/composition-strategy.js';
export { embeddingStrategy } from './strategies/embedding-strategy.js';
export { imageStrategy } from './strategies/image-strategy.js';
export { mixStrategy } from './strategies/mix-strategy.js';
export { ensembleStrategy, templateStrategy, templates } from './strategies/template-strategy.js';
export { textStrategy } from './strategies/text-strategy.js';
