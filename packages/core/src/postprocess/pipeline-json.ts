import type { PostProcessor, Thresholder } from '../contracts/post-processor.js';
import { checkOptions, listed, reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { isRecord, parseJson } from '../util/json.js';
import { fromTable } from '../util/plugin-table.js';
import { type PipelinePlugins, stepTable, thresholderTable } from './tables.js';
import { fixed } from './thresholders/fixed.js';

/** Upper limit: each step reads all pixels of all masks. */
const MAX_STEPS = 1000;

const isList = (value: unknown): value is unknown[] =>
  reading('The pipeline', () => Array.isArray(value));

const fail = (what: string): never => {
  throw new ClipSegError('invalid-argument', what);
};

/**
 * Reads a thresholder from its name or JSON, or from a probability.
 * @throws ClipSegError `invalid-argument`
 */
export function thresholderFromJson(json: unknown, plugins: PipelinePlugins = {}): Thresholder {
  if (typeof json === 'number') return fixed({ value: json });
  const given =
    typeof json === 'string' && json.trimStart().startsWith('{')
      ? parseJson(json, 'The thresholder', 'invalid-argument')
      : json;
  const { thresholders: custom } = checkOptions(plugins, 'thresholderFromJson');
  return reading('The thresholder', () =>
    fromTable(thresholderTable, given, 'thresholder', undefined, custom),
  );
}

/**
 * Reads a pipeline: a list of steps, each as its name or as an object with its name and options,
 * as `JSON.stringify` writes steps. Thresholders and refiners within steps are read likewise.
 * @param json text, or the result of JSON.parse
 * @throws ClipSegError `invalid-argument` naming the step
 */
export function pipelineFromJson(json: unknown, plugins: PipelinePlugins = {}): PostProcessor[] {
  const list =
    typeof json === 'string' ? parseJson(json, 'The pipeline', 'invalid-argument') : json;
  if (!isList(list)) return fail('The pipeline is not a list of steps.');
  if (list.length > MAX_STEPS)
    return fail(`The pipeline has ${list.length} steps; at most ${MAX_STEPS} are allowed.`);
  const custom = checkOptions(plugins, 'pipelineFromJson');
  return Array.from(list, (step: unknown, i) => {
    try {
      return reading('It', () => fromTable(stepTable, step, 'step', custom, custom.steps));
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
