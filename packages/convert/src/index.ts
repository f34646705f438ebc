export { type ConvertOptions, convert } from './convert.js';
