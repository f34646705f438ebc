import { composition } from './composition/composition-strategy.js';
import type { Backend } from './contracts/backend.js';
import type { ClipSeg } from './contracts/clip-seg.js';
import type { ImageDecoder, RawImage } from './contracts/image.js';
import type { Dtype, ModelSource, Progress } from './contracts/model.js';
import type { PromptStrategy } from './contracts/prompt-strategy.js';
import { embedding } from './embedding-strategy.js';
import { createEngine } from './engine.js';
import { ClipSegError, throwIfAborted } from './errors.js';
import { image } from './image-strategy.js';
import type { ManifestGraphs } from './manifest.js';
import { mix } from './mix-strategy.js';
import { loadModel } from './model.js';
import { ensemble, template } from './template-strategy.js';
import { text } from './text-strategy.js';

export interface CreateClipSegOptions<ImageInput = RawImage> {
  /** The runtime, e.g. `ortNode()`. */
  readonly backend: Backend;
  /** Where the model comes from. */
  readonly model: ModelSource;
  /** Default: the most exact variant the model has. */
  readonly dtype?: Dtype;
  /** Turns the adapter's image inputs into pixels; without one, `RawImage` only. */
  readonly decodeImage?: ImageDecoder<ImageInput>;
  /** Own prompt types; they are asked before the built-in ones. */
  readonly strategies?: readonly PromptStrategy<never>[];
  /** Texts whose embeddings are kept (2 kB each at 512 dimensions). Default 1000. */
  readonly textCacheSize?: number;
  /** Prompts per run of the decoder, which takes about 25 MB for each at 352 x 352. Default 4. */
  readonly batchSize?: number;
  /** Compare this device with the model's recorded sample before the first use. Default false. */
  readonly selfCheck?: boolean;
  /**
   * Graphs to load before this returns; the others wait until they are needed. Default: those of a
   * picture and a text. An app with a prompt bank leaves `textEncoder` out.
   */
  readonly preload?: readonly (keyof ManifestGraphs)[];
  readonly onProgress?: (progress: Progress) => void;
  /** Aborts the loading; later calls have signals of their own. */
  readonly signal?: AbortSignal;
}

const builtInStrategies = (): readonly PromptStrategy[] =>
  [text(), template(), ensemble(), composition(), embedding(), image(), mix()] as never;

function checkNames(strategies: readonly PromptStrategy[]): void {
  const seen = new Map<string, number>();
  for (const [i, { name }] of strategies.entries()) {
    const first = seen.get(name);
    if (first !== undefined) {
      throw new ClipSegError(
        'invalid-argument',
        `Strategies ${first + 1} and ${i + 1} of ${strategies.length} are both called ` +
          `${JSON.stringify(name)} (the last seven are built in); rename one.`,
      );
    }
    seen.set(name, i);
  }
}

function checkCount(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new ClipSegError('invalid-argument', `${name} is ${value}, not a whole number from 1.`);
}

/**
 * Opens a model and makes it ready.
 * @throws ClipSegError of any code but `disposed`; what was loaded before is freed
 */
export async function createClipSeg<ImageInput = RawImage>(
  options: CreateClipSegOptions<ImageInput>,
): Promise<ClipSeg<ImageInput>> {
  const { backend, dtype, signal, onProgress, decodeImage } = options;
  const { preload = ['visionEncoder', 'textEncoder', 'decoder'] } = options;
  const own = (options.strategies ?? []) as readonly PromptStrategy[];
  const strategies = [...own, ...builtInStrategies()];
  checkNames(strategies);
  const textCacheSize = checkCount(options.textCacheSize ?? 1000, 'textCacheSize');
  const batchSize = checkCount(options.batchSize ?? 4, 'batchSize');
  const model = await loadModel({ backend, source: options.model, dtype, signal, onProgress });
  const clipSeg = createEngine<ImageInput>({
    model,
    backendName: backend.name,
    decodeImage,
    strategies,
    textCacheSize,
    batchSize,
  });
  try {
    await Promise.all(preload.map((graph) => model.session(graph)));
    throwIfAborted(signal);
    if (options.selfCheck) await clipSeg.selfCheck({ signal });
    return clipSeg;
  } catch (error) {
    await clipSeg.dispose();
    throw error;
  }
}
