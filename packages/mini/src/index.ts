/**
 * URL of the folder with the embedded model, written by `clipseg convert`. The model knows images
 * of emoji-like objects, not photographs: see the README.
 */
export const modelUrl: URL = new URL('../model/', import.meta.url);
