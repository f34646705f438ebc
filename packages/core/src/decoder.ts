import { isComposition } from './composition/builders.js';
import { createComposedSegment } from './composition/composed-segment.js';
import { mapLeaves } from './composition/tree.js';
import type { Tensor } from './contracts/backend.js';
import type {
  CallOptions,
  EncodedEmbedding,
  EncodedImage,
  EncodedPrompt,
} from './contracts/clip-seg.js';
import { throwIfAborted } from './errors.js';
import { checkEncodedImage } from './image-encoder.js';
import type { Model } from './model.js';
import { checkList, embeddingsOf } from './prompt-encoder.js';
import { createSegment, type Segment, type Segmentation } from './segmentation.js';

/** Encoded image x encoded prompts -> logits, `batchSize` prompts a run. */
export function createDecoder(model: Model, batchSize: number) {
  const { config } = model.manifest;
  const { projectionDim, visionConfig } = config;

  function feedsOf(
    image: EncodedImage,
    batch: readonly EncodedEmbedding[],
  ): Record<string, Tensor> {
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
    const all = prompts.flatMap((prompt) => embeddingsOf(prompt, config));
    const session = await model.session('decoder');
    const { width, height, size } = image;
    const pixels = size[0] * size[1];
    const decoded: Segment[] = [];
    for (let first = 0; first < all.length; first += batchSize) {
      const batch = all.slice(first, first + batchSize);
      const { logits } = await session.run(feedsOf(image, batch), { signal });
      const data = (logits as Tensor).data as Float32Array;
      for (const [i, { label }] of batch.entries()) {
        const map = data.subarray(i * pixels, (i + 1) * pixels);
        decoded.push(createSegment(label, map, size, [height, width]));
      }
    }
    const leaves = decoded.values();
    const next = () => leaves.next().value as Segment;
    const segments = prompts.map((prompt) => {
      if (!isComposition(prompt)) return next();
      const tree = mapLeaves(prompt.compose, next);
      return createComposedSegment(prompt.label, tree, size, [height, width]);
    });
    return { width, height, size, segments, timings: { decode: performance.now() - start } };
  };
}
