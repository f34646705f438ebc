import type { Tensor } from './contracts/backend.js';
import type { CallOptions, EncodedImage, EncodedPrompt } from './contracts/clip-seg.js';
import { throwIfAborted } from './errors.js';
import { checkEncodedImage } from './image-encoder.js';
import type { Model } from './model.js';
import { checkEncodedPrompt, checkList } from './prompt-encoder.js';
import { createSegment, type Segment, type Segmentation } from './segmentation.js';

/** Encoded image x encoded prompts -> logits, `batchSize` prompts a run. */
export function createDecoder(model: Model, batchSize: number) {
  const { config } = model.manifest;
  const { projectionDim, visionConfig } = config;

  function feedsOf(image: EncodedImage, batch: readonly EncodedPrompt[]): Record<string, Tensor> {
    const { dims, data } = image.features;
    const embeddings = new Float32Array(batch.length * projectionDim);
    for (const [i, { embedding }] of batch.entries()) embeddings.set(embedding, i * projectionDim);
    const grid = image.size.map((side) => BigInt(side / visionConfig.patchSize));
    return {
      features: { type: 'float32', dims: [1, ...dims], data },
      conditional_embedding: {
        type: 'float32',
        dims: [batch.length, projectionDim],
        data: embeddings,
      },
      grid: { type: 'int64', dims: [2], data: BigInt64Array.from(grid) },
    };
  }

  return async function decode(
    image: EncodedImage,
    prompts: readonly EncodedPrompt[],
    { signal }: CallOptions = {},
  ): Promise<Segmentation> {
    const start = performance.now();
    throwIfAborted(signal);
    checkEncodedImage(image, model);
    checkList(prompts);
    for (const prompt of prompts) checkEncodedPrompt(prompt, config);
    const session = await model.session('decoder');
    const { width, height, size } = image;
    const pixels = size[0] * size[1];
    const segments: Segment[] = [];
    for (let first = 0; first < prompts.length; first += batchSize) {
      const batch = prompts.slice(first, first + batchSize);
      const { logits } = await session.run(feedsOf(image, batch), { signal });
      const data = (logits as Tensor).data as Float32Array;
      for (const [i, { label }] of batch.entries()) {
        const map = data.subarray(i * pixels, (i + 1) * pixels);
        segments.push(createSegment(label, map, size, [height, width]));
      }
    }
    return { width, height, size, segments, timings: { decode: performance.now() - start } };
  };
}
