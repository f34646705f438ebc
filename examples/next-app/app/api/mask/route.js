import { createMaskHandler } from './handler.js';

/** Answers POST /api/mask?prompt=TEXT&threshold=T, with an image as the body, with a mask PNG. */
export const POST = createMaskHandler();
