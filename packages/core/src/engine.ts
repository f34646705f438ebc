import type { Tensor } from './contracts/backend.js';
import type {
  CallOptions,
  ClipSeg,
  EncodedImage,
  EncodedPrompt,
  EncodeImageOptions,
} from './contracts/clip-seg.js';
import type { ImageDecoder, RawImage } from './contracts/image.js';
import type { Prompt, PromptContext, PromptStrategy } from './contracts/prompt-strategy.js';
import { ClipSegError, throwIfAborted } from './errors.js';
import type { Model } from './model.js';
import { pixelValues } from './normalize.js';
import { createPositions } from './positions.js';
import { checkRawImage, toRgb } from './raw-image.js';
import { resize } from './resize.js';
import { createSegment, type Segmentation } from './segmentation.js';
import { runSelfCheck } from './self-check.js';
import { resolveSize } from './size.js';
import { createTextEmbeddings } from './text-embeddings.js';

export interface EngineOptions<ImageInput> {
  readonly model: Model;
  readonly backendName: string;
  readonly decodeImage?: ImageDecoder<ImageInput>;
  readonly strategies: readonly PromptStrategy[];
  readonly textCacheSize: number;
  readonly batchSize: number;
}

const now = (): number => performance.now();

/** The ClipSeg that runs here: encode an image once, decode it with as many prompts as you like. */
export function createEngine<ImageInput>(options: EngineOptions<ImageInput>): ClipSeg<ImageInput> {
  const { model, strategies, batchSize, decodeImage } = options;
  const { config, preprocessing } = model.manifest;
  const positions = createPositions(model);
  const texts = createTextEmbeddings({
    config,
    batchSize,
    cacheSize: options.textCacheSize,
    tokenizer: model.tokenizer,
    session: () => model.session('textEncoder'),
  });
  const work = createWork();

  async function pixelsOf(input: ImageInput | RawImage, signal?: AbortSignal): Promise<RawImage> {
    const decoded = decodeImage ? await decodeImage(input as ImageInput, { signal }) : input;
    return toRgb(checkRawImage(decoded));
  }

  async function encodeImage(
    input: ImageInput | RawImage,
    { size, signal }: EncodeImageOptions = {},
  ): Promise<EncodedImage> {
    const start = now();
    throwIfAborted(signal);
    const image = await pixelsOf(input, signal);
    const { patchSize, hiddenSize } = config.visionConfig;
    const [h, w] = resolveSize(size, image, preprocessing.size, patchSize);
    const pixels = pixelValues(resize(image, [h, w], preprocessing.resample), preprocessing);
    const grid = [h / patchSize, w / patchSize] as const;
    const tokens = 1 + grid[0] * grid[1];
    const feeds: Record<string, Tensor> = {
      pixel_values: { type: 'float32', dims: [1, 3, h, w], data: pixels },
      position_embedding: { type: 'float32', dims: [1, tokens, hiddenSize], data: positions(grid) },
    };
    const encoder = await model.session('visionEncoder');
    const ready = now();
    const results = await encoder.run(feeds, { signal, outputs: ['features'] });
    const { dims, data } = results.features as Tensor;
    return {
      width: image.width,
      height: image.height,
      size: [h, w],
      features: { dims: dims.slice(1), data: data as Float32Array },
      model: model.id,
      timings: { preprocess: ready - start, encode: now() - ready },
    };
  }

  async function encodePrompts(
    prompts: readonly Prompt[],
    { signal }: CallOptions = {},
  ): Promise<EncodedPrompt[]> {
    throwIfAborted(signal);
    if (!Array.isArray(prompts) || prompts.length === 0) {
      throw new ClipSegError('invalid-prompt', 'No prompt was given; give at least one.');
    }
    const context: PromptContext = {
      config,
      signal,
      encodeText: (list) => texts.encode(list, signal),
    };
    const encoded = new Array<EncodedPrompt>(prompts.length);
    for (const [strategy, indices] of byStrategy(strategies, prompts)) {
      throwIfAborted(signal);
      const own = indices.map((i) => prompts[i] as never);
      const embeddings = await strategy.encode(own, context);
      for (const [k, i] of indices.entries()) {
        const label = strategy.label(own[k] as never);
        encoded[i] = checkEncoded({ label, embedding: embeddings[k] as Float32Array });
      }
    }
    return encoded;
  }

  /** An embedding of another model, or one with NaN, would give a plausible-looking wrong mask. */
  function checkEncoded(prompt: EncodedPrompt): EncodedPrompt {
    const { label, embedding } = prompt;
    const fail = (what: string): never => {
      throw new ClipSegError(
        'invalid-prompt',
        `The embedding of ${JSON.stringify(label)} ${what}.`,
      );
    };
    if (!(embedding instanceof Float32Array)) fail('is no Float32Array');
    if (embedding.length !== config.projectionDim) {
      fail(`has ${embedding.length} values; this model takes ${config.projectionDim}`);
    }
    if (!embedding.every(Number.isFinite)) fail('holds NaN or Infinity');
    return prompt;
  }

  function checkImage(image: EncodedImage): void {
    if (image?.model !== model.id) {
      throw new ClipSegError(
        'invalid-argument',
        `The image was encoded by ${image?.model ?? 'no model'}, not by ${model.id}; encode it again.`,
      );
    }
  }

  async function decode(
    image: EncodedImage,
    prompts: readonly EncodedPrompt[],
    { signal }: CallOptions = {},
  ): Promise<Segmentation> {
    const start = now();
    throwIfAborted(signal);
    checkImage(image);
    for (const prompt of prompts) checkEncoded(prompt);
    const { width, height, size } = image;
    const [h, w] = size;
    const { patchSize } = config.visionConfig;
    const grid = BigInt64Array.of(BigInt(h / patchSize), BigInt(w / patchSize));
    const session = await model.session('decoder');
    const segments = [];
    for (let first = 0; first < prompts.length; first += batchSize) {
      const batch = prompts.slice(first, first + batchSize);
      const embeddings = new Float32Array(batch.length * config.projectionDim);
      for (const [i, { embedding }] of batch.entries()) {
        embeddings.set(embedding, i * config.projectionDim);
      }
      const feeds: Record<string, Tensor> = {
        features: { type: 'float32', dims: [1, ...image.features.dims], data: image.features.data },
        conditional_embedding: {
          type: 'float32',
          dims: [batch.length, config.projectionDim],
          data: embeddings,
        },
        grid: { type: 'int64', dims: [2], data: grid },
      };
      const { logits } = await session.run(feeds, { signal });
      const data = logits?.data as Float32Array;
      for (const [i, { label }] of batch.entries()) {
        const map = data.subarray(i * h * w, (i + 1) * h * w);
        segments.push(createSegment(label, map, size, [height, width]));
      }
    }
    return { width, height, size, segments, timings: { decode: now() - start } };
  }

  async function segment(
    input: EncodedImage | ImageInput | RawImage,
    prompts: Prompt | readonly Prompt[],
    segmentOptions: EncodeImageOptions = {},
  ): Promise<Segmentation> {
    const list = Array.isArray(prompts) ? (prompts as readonly Prompt[]) : [prompts as Prompt];
    const start = now();
    // Prompts first: a bad one should not cost an image pass.
    const encodedPrompts = await encodePrompts(list, segmentOptions);
    const promptTime = now() - start;
    const known = isEncodedImage(input);
    const image = known ? input : await encodeImage(input, segmentOptions);
    const result = await decode(image, encodedPrompts, segmentOptions);
    const imageTimings = known ? {} : image.timings;
    return { ...result, timings: { ...imageTimings, prompts: promptTime, ...result.timings } };
  }

  return {
    model: {
      id: model.id,
      name: model.name,
      dtype: model.dtype,
      backend: options.backendName,
      config,
      size: preprocessing.size,
    },
    encodeImage: work.track(encodeImage),
    encodePrompts: work.track(encodePrompts),
    decode: work.track(decode),
    segment: work.track(segment),
    selfCheck: work.track((call: CallOptions = {}) =>
      runSelfCheck(model, options.backendName, call),
    ),
    dispose: () => work.end(() => model.dispose()),
  };
}

function isEncodedImage(input: unknown): input is EncodedImage {
  return typeof input === 'object' && input !== null && 'features' in input && 'model' in input;
}

function byStrategy(
  strategies: readonly PromptStrategy[],
  prompts: readonly Prompt[],
): Map<PromptStrategy, number[]> {
  const groups = new Map<PromptStrategy, number[]>();
  for (const [i, prompt] of prompts.entries()) {
    const strategy = strategies.find(({ accepts }) => accepts(prompt));
    if (!strategy) {
      const names = strategies.map(({ name }) => name).join(', ');
      const type = prompt === null ? 'null' : typeof prompt;
      throw new ClipSegError(
        'invalid-prompt',
        `Prompt ${i + 1} (${type}) is of no type that the strategies take: ${names}.`,
      );
    }
    groups.set(strategy, [...(groups.get(strategy) ?? []), i]);
  }
  return groups;
}

/** Keeps book of running calls, so that dispose can wait for them and refuse later ones. */
function createWork() {
  const running = new Set<Promise<unknown>>();
  let ended: Promise<void> | undefined;
  return {
    track<Args extends unknown[], R>(call: (...args: Args) => Promise<R>) {
      return (...args: Args): Promise<R> => {
        if (ended) {
          const message = 'This ClipSeg is disposed; create another one.';
          return Promise.reject(new ClipSegError('disposed', message));
        }
        const result = call(...args);
        const settled = result.then(
          () => {},
          () => {},
        );
        running.add(settled);
        settled.then(() => running.delete(settled));
        return result;
      };
    },
    end(free: () => Promise<void>): Promise<void> {
      ended ??= Promise.all(running).then(free);
      return ended;
    },
  };
}
