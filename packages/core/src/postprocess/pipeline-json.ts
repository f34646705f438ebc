import type { PostProcessor, Refiner, Thresholder } from '../contracts/post-processor.js';
import { checkOptions, listed, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { isRecord, parseJson } from '../util/json.js';
import { showValue } from '../util/show-value.js';
import { guided } from './refiners.js';
import { band } from './steps/band.js';
import { instances, largest } from './steps/instances.js';
import { morphology, morphologyOptions } from './steps/morphology.js';
import { refine } from './steps/refine.js';
import { feather, matte } from './steps/soft-edges.js';
import { strokes } from './steps/strokes.js';
import { threshold } from './steps/threshold.js';
import { upsample } from './steps/upsample.js';
import {
  areaTarget,
  calibrated,
  fixed,
  hysteresis,
  otsu,
  percentile,
  perPrompt,
  relativeToMaximum,
  triangle,
} from './thresholders.js';

// A step is a factory's plain object whose options are its properties, so JSON.stringify writes a
// pipeline. This reads it back.

/** Makes an object of the name from its options. */
type Factory<T> = (options: never) => T;

/** What a pipeline may name besides the built-in ones, by name. */
export interface PipelinePlugins {
  readonly steps?: Readonly<Record<string, Factory<PostProcessor>>>;
  readonly thresholders?: Readonly<Record<string, Factory<Thresholder>>>;
  readonly refiners?: Readonly<Record<string, Factory<Refiner>>>;
}

/** A built-in factory and the options it takes, so that a misspelt one is found. */
interface BuiltIn<T> {
  readonly make: Factory<T>;
  readonly options: readonly string[];
}

const adaptiveOptions = (...own: string[]) => [...own, 'least'];

const thresholders: Readonly<Record<string, BuiltIn<Thresholder>>> = {
  fixed: { make: fixed, options: ['value'] },
  perPrompt: { make: perPrompt, options: ['values', 'otherwise'] },
  calibrated: { make: calibrated, options: ['threshold', 'thresholds', 'presence'] },
  otsu: { make: otsu, options: adaptiveOptions() },
  triangle: { make: triangle, options: adaptiveOptions() },
  percentile: { make: percentile, options: adaptiveOptions('percent') },
  areaTarget: { make: areaTarget, options: adaptiveOptions('share', 'pixels') },
  relativeToMaximum: { make: relativeToMaximum, options: adaptiveOptions('share') },
  hysteresis: { make: hysteresis, options: ['low', 'high'] },
};

const refiners: Readonly<Record<string, BuiltIn<Refiner>>> = {
  guided: { make: guided, options: ['radius', 'epsilon', 'guide'] },
};

/** More are a mistake: each step goes over all pixels of all masks. */
const MAX_STEPS = 1000;

const isList = (value: unknown): value is unknown[] =>
  reading('The pipeline', () => Array.isArray(value));

const fail = (what: string): never => {
  throw new ClipSegError('invalid-argument', what);
};

/** Builds what a name, or an object with a name, stands for. */
function build<T>(
  value: unknown,
  kind: string,
  builtIn: Readonly<Record<string, BuiltIn<T>>>,
  plugins: Readonly<Record<string, Factory<T>>> = {},
): T {
  const given = typeof value === 'string' ? { name: value } : value;
  if (!isRecord(given) || typeof given.name !== 'string') {
    return fail(`${showValue(value)} is no ${kind}: neither a name nor an object with one.`);
  }
  const { name, ...properties } = given;
  // A step as its factory made it has methods besides.
  const options = Object.fromEntries(
    Object.entries(properties).filter(([, own]) => typeof own !== 'function'),
  );
  if (Object.hasOwn(plugins, name)) return plugins[name]!(options as never);
  if (!Object.hasOwn(builtIn, name)) {
    const names = [...Object.keys(builtIn), ...Object.keys(plugins)].join(', ');
    return fail(`there is no ${kind} ${showValue(name)}, only ${names}.`);
  }
  const { make, options: known } = builtIn[name]!;
  const odd = Object.keys(options).find((option) => !known.includes(option));
  if (odd !== undefined) {
    const taken = known.length > 0 ? `it takes ${known.join(', ')}` : 'it takes none';
    fail(`${name} has no option ${showValue(odd)}; ${taken}.`);
  }
  return make(options as never);
}

function builtInSteps(plugins: PipelinePlugins): Readonly<Record<string, BuiltIn<PostProcessor>>> {
  return {
    upsample: { make: upsample, options: [] },
    refine: {
      make: ({ refiner = 'guided' }: { refiner?: unknown }) =>
        refine(build(refiner, 'refiner', refiners, plugins.refiners)),
      options: ['refiner'],
    },
    threshold: {
      make: ({ method = 0.5 }: { method?: unknown }) =>
        threshold(
          typeof method === 'number'
            ? method
            : build(method, 'thresholder', thresholders, plugins.thresholders),
        ),
      options: ['method'],
    },
    band: { make: band, options: ['min', 'max'] },
    morphology: { make: morphology, options: morphologyOptions },
    instances: {
      make: instances,
      options: ['connectivity', 'minArea', 'minScore', 'split', 'sort', 'top'],
    },
    largest: { make: largest, options: ['count'] },
    strokes: { make: strokes, options: ['byPrompt', 'all'] },
    feather: { make: feather, options: ['radius'] },
    matte: { make: matte, options: ['radius', 'epsilon'] },
  };
}

/**
 * A thresholder by its name or JSON, or a probability.
 * @throws ClipSegError `invalid-argument`
 */
export function thresholderFromJson(json: unknown, plugins: PipelinePlugins = {}): Thresholder {
  if (typeof json === 'number') return fixed({ value: json });
  const given =
    typeof json === 'string' && json.trimStart().startsWith('{')
      ? parseJson(json, 'The thresholder', 'invalid-argument')
      : json;
  const { thresholders: more } = checkOptions(plugins, 'thresholderFromJson');
  return reading('The thresholder', () => build(given, 'thresholder', thresholders, more));
}

/**
 * Reads a pipeline: a list of steps, each its name or an object with its name and options, as
 * `JSON.stringify` writes steps. Thresholders and refiners inside of steps likewise.
 * @param json text, or what JSON.parse made of it
 * @throws ClipSegError `invalid-argument` naming the step
 */
export function pipelineFromJson(json: unknown, plugins: PipelinePlugins = {}): PostProcessor[] {
  const list =
    typeof json === 'string' ? parseJson(json, 'The pipeline', 'invalid-argument') : json;
  if (!isList(list)) return fail('The pipeline is no list of steps.');
  if (list.length > MAX_STEPS)
    return fail(`The pipeline has ${list.length} steps; ${MAX_STEPS} are taken.`);
  const builtIn = builtInSteps(plugins);
  return Array.from(list, (step: unknown, i) => {
    try {
      return reading('It', () => build(step, 'step', builtIn, plugins.steps));
    } catch (error) {
      if (!ClipSegError.isInstance(error)) throw error;
      const name = reading('A step', () => (isRecord(step) ? step.name : step));
      const which = typeof name === 'string' ? ` (${listed([name])})` : '';
      throw new ClipSegError(error.code, `Step ${i + 1}${which}: ${error.message}`, {
        cause: error,
      });
    }
  });
}
