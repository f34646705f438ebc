import type { Backend } from './contracts/backend.js';
import type { ClipSeg } from './contracts/clip-seg.js';
import type { GraphName } from './contracts/graph.js';
import type { ImageDecoder, RawImage } from './contracts/image.js';
import type { ModelSource } from './contracts/model.js';
import type { CommonOptions } from './contracts/options.js';
import type { PromptOf, PromptStrategy } from './contracts/prompt-strategy.js';
import { createEngine } from './engine.js';
import { defaultPreload, dtypes, graphNames } from './graphs/names.js';
import { loadModel } from './model/model.js';
import { compositionStrategy } from './prompts/strategies/composition-strategy.js';
import { embeddingStrategy } from './prompts/strategies/embedding-strategy.js';
import { imageStrategy } from './prompts/strategies/image-strategy.js';
import { mixStrategy } from './prompts/strategies/mix-strategy.js';
import { ensembleStrategy, templateStrategy } from './prompts/strategies/template-strategy.js';
import { textStrategy } from './prompts/strategies/text-strategy.js';
import { checkMethods, checkSignal, checkType } from './util/call-options.js';
import { checkCount, checkList, checkOneOf, checkOptions, checkText } from './util/check.js';
import { ClipSegError, throwIfAborted } from './util/errors.js';
import { showValue } from './util/show-value.js';
import { checkSpecification } from './util/specification.js';

export interface CreateClipSegOptions<ImageInput = RawImage> extends CommonOptions {
  /** The runtime, e.g. `ortNode()`. */
  readonly backend: Backend;
  /** The source of the model. */
  readonly model: ModelSource;
  /** Turns the adapter's image inputs into pixels. Default: only `RawImage` is taken. */
  readonly decodeImage?: ImageDecoder<ImageInput>;
}

const builtInStrategies = (): readonly PromptStrategy[] => [
  textStrategy(),
  templateStrategy(),
  ensembleStrategy(),
  compositionStrategy(),
  embeddingStrategy(),
  imageStrategy(),
  mixStrategy(),
];

function checkNames(strategies: readonly PromptStrategy[]): void {
  const seen = new Map<string, number>();
  for (const [i, { name }] of strategies.entries()) {
    const first = seen.get(name);
    if (first !== undefined) {
      throw new ClipSegError(
        'invalid-argument',
        `Strategies ${first + 1} and ${i + 1} of ${strategies.length} are both called ` +
          `${showValue(name)} (the last ${builtInStrategies().length} are built in); rename one.`,
      );
    }
    seen.set(name, i);
  }
}

function checkGraphs(given: readonly GraphName[]): readonly GraphName[] {
  const graphs = checkList(given, 'preload') as GraphName[];
  const unknown = graphs.find((graph) => !graphNames.includes(graph));
  if (unknown === undefined) return graphs;
  throw new ClipSegError(
    'invalid-argument',
    `preload names ${showValue(unknown)}; the graphs are ${graphNames.join(', ')}.`,
  );
}

function checkStrategies(given: unknown): readonly PromptStrategy[] {
  const strategies = checkList(given, 'strategies');
  for (const [i, strategy] of strategies.entries()) {
    const name = `Strategy ${i + 1}`;
    checkMethods(strategy, name, 'a prompt strategy', ['accepts', 'label']);
    checkText((strategy as PromptStrategy).name, `The name of strategy ${i + 1}`);
    checkSpecification(strategy, 'prompt strategy');
  }
  return strategies as PromptStrategy[];
}

/** Checks the types of options, as JavaScript may pass any value. */
function checkTypes<T>(given: CreateClipSegOptions<T>): CreateClipSegOptions<T> {
  const options = checkOptions(given, 'createClipSeg');
  const { backend, model, dtype } = options;
  checkMethods(backend, 'backend', 'a backend, e.g. ortNode()', ['createSession']);
  checkText(backend.name, "The backend's name");
  checkSpecification(backend, 'backend');
  checkMethods(model, 'model', 'the source of a model', ['open']);
  checkSpecification(model, 'model source');
  if (dtype !== undefined) checkOneOf(dtype, 'dtype', dtypes);
  for (const name of ['decodeImage', 'onProgress', 'onWarning'] as const) {
    checkType(options[name], name, 'function');
  }
  checkType(options.selfCheck, 'selfCheck', 'boolean');
  checkSignal(options.signal);
  return options;
}

/**
 * Opens a model and loads the graphs of `preload`. The ClipSeg takes the built-in prompts and those
 * of `strategies`, whose types are inferred. `Custom` names prompts of strategies that are not
 * given here, e.g. of those in a worker.
 * @throws ClipSegError of any code but `disposed`; loaded graphs are freed
 */
export async function createClipSeg<
  ImageInput = RawImage,
  Custom = never,
  const Strategies extends readonly PromptStrategy[] = readonly PromptStrategy<Custom>[],
>(
  given: CreateClipSegOptions<ImageInput> & { readonly strategies?: Strategies },
): Promise<ClipSeg<ImageInput, Custom | PromptOf<Strategies[number]>>> {
  const options = checkTypes(given);
  const { backend, dtype, signal, onProgress, onWarning, decodeImage } = options;
  const own = checkStrategies(options.strategies ?? []);
  const strategies = [...own, ...builtInStrategies()];
  checkNames(strategies);
  const textCacheSize = checkCount(options.textCacheSize ?? 1000, 'textCacheSize');
  const batchSize = checkCount(options.batchSize ?? 4, 'batchSize');
  const cleaning = checkOneOf(options.cleaning ?? 'huggingface', 'cleaning', [
    'huggingface',
    'openai',
  ]);
  const graphs = checkGraphs(options.preload ?? defaultPreload);
  const source = options.model;
  const open = { dtype, graphs, signal, onProgress, onWarning };
  const model = await loadModel({ backend, source, ...open });
  const clipSeg = createEngine<ImageInput, Custom | PromptOf<Strategies[number]>>({
    model,
    backend,
    decodeImage,
    strategies,
    textCacheSize,
    cleaning,
    batchSize,
  });
  try {
    await Promise.all(graphs.map((graph) => model.session(graph, { signal })));
    throwIfAborted(signal);
    const { selfCheck = true } = options;
    if (selfCheck && model.manifest.selfCheck) {
      await clipSeg.selfCheck({ signal, textEncoder: graphs.includes('textEncoder') });
    }
    return clipSeg;
  } catch (error) {
    await clipSeg.dispose();
    throw error;
  }
}
