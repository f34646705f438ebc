// A worker that can be told to lose its GPU: by a prompt, which a strategy of its own takes.
import type { PromptStrategy } from '@clipseg/core';
import { serveClipSeg } from '@clipseg/web/worker';
import { loseGpu } from './lose-gpu.js';

const lose: PromptStrategy<object> = {
  name: 'lose',
  accepts: (prompt) => typeof prompt === 'object' && prompt !== null && 'lose' in prompt,
  label: () => 'lose',
  async encode(prompts, { config }) {
    await loseGpu();
    return prompts.map(() => new Float32Array(config.projectionDim));
  },
};

serveClipSeg({ strategies: [lose] });
