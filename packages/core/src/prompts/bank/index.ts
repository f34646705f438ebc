export { bank } from './bank-strategy.js';
export { type PromptBank, readPromptBank, writePromptBank } from './prompt-bank.js';
