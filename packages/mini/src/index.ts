/**
 * The folder with the embedded model's graphs and tokenizer, as `clipseg convert` makes it. It
 * knows pictures made of emoji-like objects, not photographs: see the package's README.
 */
export const modelUrl: URL = new URL('../model/', import.meta.url);
