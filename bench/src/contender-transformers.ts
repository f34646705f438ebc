import { basename, dirname } from 'node:path';
import {
  AutoProcessor,
  AutoTokenizer,
  CLIPSegForImageSegmentation,
  env,
  RawImage,
} from '@huggingface/transformers';
import { measure } from './measure.js';

// As in its documentation of CLIPSegForImageSegmentation, plus a mask at the image's size.
await measure(async (folder, dtype) => {
  env.allowRemoteModels = false;
  env.localModelPath = dirname(folder);
  const name = basename(folder);
  const tokenizer = await AutoTokenizer.from_pretrained(name);
  const processor = await AutoProcessor.from_pretrained(name);
  const options = { dtype: dtype as 'fp32' | 'q8' };
  const model = await CLIPSegForImageSegmentation.from_pretrained(name, options);
  let image: RawImage;
  async function masks(prompts: readonly string[]): Promise<void> {
    const text = tokenizer([...prompts], { padding: true, truncation: true });
    const pixels = await processor(image);
    let { logits } = await model({ ...text, ...pixels });
    if (logits.dims.length === 2) logits = logits.unsqueeze(0);
    const levels = logits.sigmoid().mul_(255).round_().to('uint8');
    for (let i = 0; i < prompts.length; i++) {
      const probabilities = RawImage.fromTensor(levels[i].unsqueeze(0));
      const { data } = await probabilities.resize(image.width, image.height);
      (data as Uint8Array).map((level) => (level > 127 ? 1 : 0));
    }
  }
  return {
    async firstMask(path, prompt) {
      image = await RawImage.read(path);
      await masks([prompt]);
    },
    furtherPrompt: (prompt) => masks([prompt]),
    manyPrompts: masks,
    dispose: async () => void (await model.dispose()),
  };
});
