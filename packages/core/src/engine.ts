import type { Backend } from './contracts/backend.js';
import type {
  CallOptions,
  ClipSeg,
  SegmentOptions,
  SelfCheckOptions,
  TokenCount,
} from './contracts/clip-seg.js';
import type { DeviceReport, SelfCheckResult } from './contracts/device.js';
import type { EncodedImage, EncodedPrompt } from './contracts/encoded.js';
import type { ImageDecoder, RawImage } from './contracts/image.js';
import type { Prompt, Support } from './contracts/prompt.js';
import type { PromptStrategy } from './contracts/prompt-strategy.js';
import type { Segmentation } from './contracts/segmentation.js';
import { checkEncodedImage, createImageEncoder, isEncodedImage } from './image/image-encoder.js';
import type { Model } from './model/model.js';
import { runSelfCheck } from './model/self-check.js';
import type { Tokenizer } from './model/tokenizer.js';
import { minus } from './prompts/composition/builders.js';
import { checkList, createPromptEncoder } from './prompts/prompt-encoder.js';
import { createTextEmbeddings } from './prompts/text-embeddings.js';
import { createDecoder } from './segmentation/decode.js';
import { createSegmentation } from './segmentation/segmentation.js';
import { checkCall } from './util/call-options.js';
import { checkList as listOf, reading } from './util/check.js';
import { throwIfAborted } from './util/errors.js';
import { once } from './util/once.js';
import { createWork } from './util/work.js';

export interface EngineOptions<ImageInput> {
  readonly model: Model;
  readonly backend: Backend;
  readonly decodeImage?: ImageDecoder<ImageInput>;
  readonly strategies: readonly PromptStrategy[];
  readonly textCacheSize: number;
  readonly cleaning: 'huggingface' | 'openai';
  readonly batchSize: number;
}

/** Subtracts the negative prompts from every prompt, and keeps its label. */
const withoutNegative = (
  prompts: readonly EncodedPrompt[],
  negative: readonly EncodedPrompt[],
): readonly EncodedPrompt[] =>
  negative.length === 0
    ? prompts
    : prompts.map((prompt) => ({ ...minus(prompt, ...negative), label: prompt.label }));

/** Makes the ClipSeg that runs here: encode an image once, then decode it with any prompts. */
export function createEngine<ImageInput, Custom>(
  options: EngineOptions<ImageInput>,
): ClipSeg<ImageInput, Custom> {
  const { model, backend, strategies, batchSize } = options;
  const { config, preprocessing } = model.manifest;
  const tokenizerOf = once(async (): Promise<Tokenizer> => {
    const own = await model.tokenizer();
    if (options.cleaning === 'huggingface') return own;
    const { openAiCleaning } = await import('./model/openai-cleaning.js'); // brings a table of entities
    const clean = (text: string) => (typeof text === 'string' ? openAiCleaning(text) : text);
    return { encode: (text) => own.encode(clean(text)), count: (text) => own.count(clean(text)) };
  });
  const texts = createTextEmbeddings({
    config,
    cacheSize: options.textCacheSize,
    tokenizer: tokenizerOf,
    session: () => model.session('textEncoder'),
  });
  const encodeImage = createImageEncoder(model, options.decodeImage);
  // Its code, too, is loaded at the first image prompt.
  const imagePrompts = once(async () => {
    const { createImagePromptEncoder } = await import('./prompts/image-prompt-encoder.js');
    return createImagePromptEncoder(model, options.decodeImage);
  });
  const encodeImages = async (supports: readonly Support[], call: CallOptions) =>
    (await imagePrompts())(supports, call);
  const encodePrompts = createPromptEncoder({ config, strategies, texts, encodeImages });
  const decode = createDecoder(model, batchSize);
  const work = createWork();
  let checked: SelfCheckResult | undefined;

  async function countTokens(
    list: readonly string[],
    { signal }: CallOptions = {},
  ): Promise<TokenCount[]> {
    throwIfAborted(signal);
    checkList(list);
    const tokenizer = await tokenizerOf();
    const limit = config.textConfig.maxPositionEmbeddings;
    return list.map((text) => ({ text, tokens: tokenizer.count(text), limit }));
  }

  async function segment(
    input: EncodedImage | ImageInput | RawImage,
    prompts: Prompt<Custom> | readonly Prompt<Custom>[],
    { negative = [], ...call }: SegmentOptions<Prompt<Custom>> = {},
  ): Promise<Segmentation> {
    const start = performance.now();
    const known = isEncodedImage(input);
    if (known) checkEncodedImage(input, model);
    // Prompts first: an invalid prompt should not cost the encoding of an image.
    const list = reading('prompts', () => (Array.isArray(prompts) ? [...prompts] : [prompts]));
    checkList(list);
    const encoded = await encodePrompts([...list, ...listOf(negative, 'negative')], call);
    const wanted = withoutNegative(encoded.slice(0, list.length), encoded.slice(list.length));
    const promptTime = performance.now() - start;
    const image = known ? input : await encodeImage(input, call);
    const result = await decode(image, wanted, call);
    const imageTimings = known ? {} : image.timings;
    const timings = { ...imageTimings, prompts: promptTime, ...result.timings };
    return createSegmentation({ ...result.data, timings });
  }

  function device(): DeviceReport {
    const { name, device = name, threads } = backend;
    const graphs = Object.fromEntries(model.loaded().map((graph) => [graph, device]));
    return { backend: name, graphs, dtype: model.dtype, threads, refused: [], selfCheck: checked };
  }

  async function selfCheck(call?: SelfCheckOptions): Promise<SelfCheckResult> {
    checked = await runSelfCheck(model, backend.name, call);
    return checked;
  }

  const { id, name, dtype } = model;
  return {
    model: { id, name, dtype, config, resolution: preprocessing.size },
    get device() {
      return device();
    },
    encodeImage: work.track(async (input, call) =>
      encodeImage(input, checkCall(call, 'encodeImage')),
    ),
    encodePrompts: work.track(async (prompts, call) =>
      encodePrompts(prompts, checkCall(call, 'encodePrompts')),
    ),
    countTokens: work.track(async (list, call) =>
      countTokens(list, checkCall(call, 'countTokens')),
    ),
    decode: work.track(async (image, prompts, call) =>
      decode(image, prompts, checkCall(call, 'decode')),
    ),
    segment: work.track(async (input, prompts, call) =>
      segment(input, prompts, checkCall(call, 'segment')),
    ),
    selfCheck: work.track(async (call?: SelfCheckOptions) =>
      selfCheck(checkCall(call, 'selfCheck')),
    ),
    dispose: () => work.end(() => model.dispose()),
  };
}
