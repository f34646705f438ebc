import type { CallOptions } from '../contracts/clip-seg.js';
import type {
  ConditionalEmbedding,
  EncodedEmbedding,
  EncodedImage,
  EncodedPrompt,
  Features,
} from '../contracts/encoded.js';
import type { Segmentation, SegmentationData } from '../contracts/segmentation.js';
import { runDecoder } from '../graphs/decoder.js';
import { checkEncodedImage } from '../image/image-encoder.js';
import type { Model } from '../model/model.js';
import { isComposition } from '../prompts/composition/builders.js';
import { mapLeaves } from '../prompts/composition/tree.js';
import { checkList, embeddingsOf } from '../prompts/prompt-encoder.js';
import { throwIfAborted } from '../util/errors.js';
import { createSegmentation } from './segmentation.js';

/** Decodes an encoded image and encoded prompts to logits, `batchSize` prompts per run. */
export function createDecoder(model: Model, batchSize: number) {
  const { config } = model.manifest;
  const { patchSize } = config.visionConfig;

  /** Returns the logits of one view, float32 [h, w] per embedding. */
  async function mapsOf(
    features: Features,
    size: readonly [number, number],
    embeddings: readonly EncodedEmbedding[],
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    const session = await model.session('decoder');
    const grid = [size[0] / patchSize, size[1] / patchSize] as const;
    const maps: Float32Array[] = [];
    for (let first = 0; first < embeddings.length; first += batchSize) {
      const batch = embeddings.slice(first, first + batchSize);
      const conditionalEmbeddings = batch.map(({ embedding }) => embedding);
      const input = { features, conditionalEmbeddings, grid };
      maps.push(...(await runDecoder(session, input, { signal })));
    }
    return maps;
  }

  /** Returns the fused logits of all views, and their resolution. */
  async function fusedMaps(
    image: EncodedImage,
    embeddings: readonly EncodedEmbedding[],
    signal: AbortSignal | undefined,
  ): Promise<Pick<SegmentationData, 'resolution' | 'maps'>> {
    const { resolution: size, views, features, width, height } = image;
    const maps = await mapsOf(features, size, embeddings, signal);
    if (!views) return { resolution: size, maps };
    const { createFusion } = await import('./fuse-views.js');
    const fusion = createFusion(image.crop ?? [0, 0, width, height], views, maps, size);
    for (const view of views) {
      fusion.add(view, await mapsOf(view.features, size, embeddings, signal));
    }
    return { resolution: fusion.size, maps: fusion.maps() };
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
    // An embedding that several compositions share, e.g. of a negative prompt, is decoded once.
    const places = new Map<ConditionalEmbedding, number>();
    const embeddings = prompts
      .flatMap((prompt) => embeddingsOf(prompt, config))
      .filter(({ embedding: one }) => !places.has(one) && places.set(one, places.size));
    const placeOf = ({ embedding }: EncodedEmbedding): number => places.get(embedding)!;
    const { resolution: size, maps } = await fusedMaps(image, embeddings, signal);
    const trees = prompts.map((prompt) => ({
      label: prompt.label,
      compose: isComposition(prompt)
        ? mapLeaves(prompt.compose, placeOf)
        : ({ op: 'prompt', prompt: placeOf(prompt) } as const),
    }));
    const timings = { decode: performance.now() - start };
    const { width, height, crop: region } = image;
    return createSegmentation({
      width,
      height,
      resolution: size,
      maps,
      prompts: trees,
      timings,
      ...(region && { crop: region }),
    });
  };
}
