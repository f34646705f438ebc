import { createMaskHandler } from './handler.js';

/** POST /api/mask?prompt=TEXT&threshold=T with a picture answers with a PNG of its mask. */
export const POST = createMaskHandler();
