import type { PostProcessor } from '../../contracts/post-processor.js';

/**
 * Stretches the logits bilinearly to the source, before anything else. They are stretched in any
 * case, while they are read and without being kept: this step says so.
 */
export const upsample = (): PostProcessor => ({ name: 'upsample', apply: (draft) => draft });
