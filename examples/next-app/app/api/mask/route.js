import { createMaskHandler } from './handler.js';

/** Answers POST /api/mask?prompt=TEXT&threshold=T with a PNG of the mask of the image in the body. */
export const POST = createMaskHandler();
