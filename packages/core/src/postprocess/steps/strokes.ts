import type { PostProcessor } from '../../contracts/post-processor.js';
import { brush, checkStrokes, type Stroke } from '../../raster/brush.js';
import { checkOptions } from '../../util/check.js';
import { definePostProcessor } from '../define.js';
import { cut, withMask } from './draft.js';

export interface StrokesOptions {
  /** Strokes of single segments, by label. */
  readonly byLabel?: Readonly<Record<string, readonly Stroke[]>>;
  /** Strokes of every segment. */
  readonly all?: readonly Stroke[];
}

/**
 * Applies a user's strokes.
 * @throws ClipSegError `invalid-argument` naming the stroke
 */
export function strokes(options: StrokesOptions): PostProcessor<StrokesOptions> {
  const { byLabel: lists = {}, all: common = [] } = checkOptions(options, 'strokes');
  const all = checkStrokes(common);
  const byLabel: Readonly<Record<string, readonly Stroke[]>> = Object.fromEntries(
    Object.entries(checkOptions(lists, 'byLabel')).map(([label, list]) => [
      label,
      checkStrokes(list),
    ]),
  );
  return definePostProcessor({
    name: 'strokes',
    options: { byLabel, all },
    apply(draft) {
      const strokes = Object.hasOwn(byLabel, draft.label) ? byLabel[draft.label] : [];
      const whole = cut(draft);
      return withMask(whole, brush(whole.mask, draft, [...(strokes ?? []), ...all]));
    },
  });
}
