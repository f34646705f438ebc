import type { Dtype, EncodedImage } from '@clipseg/core';
import { createClipSeg } from '@clipseg/node';
import { measure } from './measure.js';

await measure(async (model, dtype) => {
  // Without the self-check, which has no counterpart in transformers.js.
  const clipSeg = await createClipSeg({ model, dtype: dtype as Dtype, selfCheck: false });
  let image: EncodedImage;
  async function masks(prompts: readonly string[]): Promise<void> {
    const { segments } = await clipSeg.segment(image, prompts);
    for (const segment of segments) segment.mask();
  }
  return {
    async firstMask(path, prompt) {
      image = await clipSeg.encodeImage(path);
      await masks([prompt]);
    },
    furtherPrompt: (prompt) => masks([prompt]),
    manyPrompts: masks,
    dispose: () => clipSeg.dispose(),
  };
});
