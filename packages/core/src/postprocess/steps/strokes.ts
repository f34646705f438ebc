import type { PostProcessor } from '../../contracts/post-processor.js';
import { brush, checkStrokes, type Stroke } from '../../raster/brush.js';
import { checkOptions } from '../../util/check.js';
import { cut, withMask } from './draft.js';

export interface StrokesOptions {
  /** By the prompt's label; those of other prompts are left alone. */
  readonly byPrompt?: Readonly<Record<string, readonly Stroke[]>>;
  /** For every prompt. */
  readonly all?: readonly Stroke[];
}

/**
 * Adds and takes away what a user drew.
 * @throws ClipSegError `invalid-argument` naming the stroke
 */
export function strokes(options: StrokesOptions): PostProcessor & StrokesOptions {
  const { byPrompt: lists = {}, all: common = [] } = checkOptions(options, 'strokes');
  const all = checkStrokes(common);
  const byPrompt: Readonly<Record<string, readonly Stroke[]>> = Object.fromEntries(
    Object.entries(checkOptions(lists, 'byPrompt')).map(([name, own]) => [name, checkStrokes(own)]),
  );
  return {
    name: 'strokes',
    byPrompt,
    all,
    apply(draft) {
      const own = Object.hasOwn(byPrompt, draft.label) ? byPrompt[draft.label] : [];
      const whole = cut(draft);
      return withMask(whole, brush(whole.mask, draft, [...(own ?? []), ...all]));
    },
  };
}
