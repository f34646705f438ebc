// A worker that loses its GPU on request: a custom strategy takes a prompt for that.
import type { PromptStrategy } from '@clipseg/core/prompts';
import { serveClipSeg } from '@clipseg/web/worker';
import { loseGpu } from './lose-gpu.js';

const lose: PromptStrategy<object> = {
  specificationVersion: 1,
  name: 'lose',
  accepts: (prompt) => typeof prompt === 'object' && prompt !== null && 'lose' in prompt,
  label: () => 'lose',
  async encode(prompts, { config }) {
    await loseGpu();
    return prompts.map(() => new Float32Array(config.projectionDim));
  },
};

serveClipSeg({ strategies: [lose] });
