import type { Dtype, GraphName } from './graph.js';
import type { Progress } from './model.js';
import type { PromptStrategy } from './prompt-strategy.js';

export type TextCleaning = 'huggingface' | 'openai';

/** Options that every `createClipSeg` has, wherever it computes. */
export interface CommonOptions {
  /**
   * The variant of the model. Default: the most exact one that the model has. In a browser, the one
   * that suits the device: on WebGPU `fp16` if the adapter and the model have it, else `fp32`; on
   * WASM `int8` if the model has it, else `fp32`.
   */
  readonly dtype?: Dtype;
  /** Custom prompt types. They are asked before the built-in ones. */
  readonly strategies?: readonly PromptStrategy[];
  /** Number of texts whose embeddings are cached (2 kB each at 512 dimensions). Default 1000. */
  readonly textCacheSize?: number;
  /**
   * How texts are cleaned before tokenization. `huggingface` (default) does what its tokenizer
   * does: lower case and single spaces. `openai` also does what the original CLIP does: it
   * straightens curly quotes, reads HTML entities and folds full-width letters (docs/prompts.md).
   */
  readonly cleaning?: TextCleaning;
  /** Prompts per run of the decoder, which takes about 25 MB for each at 352 x 352. Default 4. */
  readonly batchSize?: number;
  /**
   * Graphs to load before the promise resolves. The others are loaded when they are first needed.
   * An app with a prompt bank leaves `textEncoder` out. Default: all but `visionHead`.
   */
  readonly preload?: readonly GraphName[];
  /**
   * Whether to compare this device with the model's recorded sample before the promise resolves, if
   * the model has one: one pass of an image of 128 x 128 through `visionEncoder` and `decoder`,
   * which are loaded for it, and through `textEncoder` if that is preloaded. `device.selfCheck` has
   * the result. Default true.
   */
  readonly selfCheck?: boolean;
  /** Reports loading, conversion and waiting. */
  readonly onProgress?: (progress: Progress) => void;
  /**
   * Reports problems that do not stop loading, e.g. that a checkpoint has no tokenizer, that a page
   * lacks headers. Default: nobody in core, `process.emitWarning` on Node.js, the console once in a
   * browser.
   */
  readonly onWarning?: (message: string) => void;
  /** Aborts loading. Later calls take their own signals. */
  readonly signal?: AbortSignal;
}

/** Options for models from the Hugging Face Hub, or a mirror. */
export interface HubOptions {
  /** URL of the hub. Default: the public one; on Node.js, HF_ENDPOINT comes before it. */
  readonly endpoint?: string;
  /** Branch, tag or commit. Default `main`. */
  readonly revision?: string;
  /**
   * For private and gated repositories. Sent only to the endpoint's own origin. In a browser,
   * anyone who opens the page can read it. Default: none; on Node.js HF_TOKEN,
   * HUGGING_FACE_HUB_TOKEN, or the token that `hf auth login` stored.
   */
  readonly token?: string;
}

/** Options that the `createClipSeg` of every adapter has. */
export interface AdapterOptions extends CommonOptions {
  /** For models from a hub. */
  readonly hub?: HubOptions;
  /**
   * CPU threads per operator. Default: the number of processors, or what a container's CPU quota or
   * a page allows: 1 if the page is not cross-origin isolated.
   */
  readonly threads?: number;
  /**
   * Milliseconds without another byte after which a download is retried. Above 0. Default 30,000;
   * on Node.js, HF_HUB_DOWNLOAD_TIMEOUT (seconds) comes before it.
   */
  readonly stallTimeoutMs?: number;
}
