import { maskArea, type RawImage, type Segmentation } from '@clipseg/core';
import type { Color } from '@clipseg/core/formats';
import type { ProcessedSegment } from '@clipseg/core/masks';
import { type ComponentProps, useEffect, useMemo, useRef, useState } from 'react';
import { useMask } from '../use-mask.js';
import { drawImage, pointOn } from './draw-image.js';
import { colorAt, type SegmentationView, segmentAt, viewOf } from './segmentation-view.js';

export interface SegmentationCanvasProps extends Omit<ComponentProps<'figure'>, 'onSelect'> {
  /** The source picture's pixels: what `useRawImage` gives. */
  readonly image: RawImage;
  /** What `useMask` gives. Default: those of the segmentation, cut at 0.5. */
  readonly segments?: readonly ProcessedSegment[];
  /** What `useSegmentation` gives; heat maps need it besides. */
  readonly segmentation?: Segmentation;
  /** Default `overlay`. */
  readonly view?: SegmentationView;
  /** The chosen segment, where the component above keeps it. */
  readonly selected?: number;
  /** Called with the segment that a click or a key chooses; undefined for none. */
  readonly onSelect?: (index: number | undefined) => void;
  /** One per prompt, red, green, blue, 0..255. Default: the palette of `@clipseg/core/formats`. */
  readonly colors?: readonly Color[];
  /** Whether the prompts are listed below. Default true. */
  readonly legend?: boolean;
}

const NO_SEGMENTS: readonly ProcessedSegment[] = [];

/**
 * A picture with its segments. The pointer or the keyboard, on the list of prompts, brings one of
 * them out; a click or Enter chooses it. Without styles of its own: `data-clipseg` says what is
 * what, and `--clipseg-color` is a prompt's color.
 */
export function SegmentationCanvas(props: SegmentationCanvasProps) {
  const { image, segments: given, segmentation, view = 'overlay', ...rest } = props;
  const { selected, onSelect, colors, legend = true, ...figure } = rest;
  const standard = useMask(given ? undefined : segmentation);
  const segments = given ?? standard.segments ?? NO_SEGMENTS;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pointed, point] = useState<number>();
  const [own, choose] = useState<number>();
  const chosen = 'selected' in props ? selected : own;
  const active = [pointed, chosen].find((i) => i !== undefined && i < segments.length);
  const shown = useMemo(
    () => viewOf({ image, segments, segmentation, view, active, colors }),
    [image, segments, segmentation, view, active, colors],
  );
  const areas = useMemo(() => segments.map(({ mask }) => maskArea(mask)), [segments]);
  useEffect(() => {
    if (canvas.current) drawImage(canvas.current, shown);
  }, [shown]);
  const select = (index: number | undefined) => {
    choose(index);
    onSelect?.(index);
  };
  const at = (event: { clientX: number; clientY: number }) =>
    canvas.current ? segmentAt(segments, areas, pointOn(canvas.current, event)) : undefined;
  return (
    <figure data-clipseg="segmentation" {...figure}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={labelOf(segments, areas)}
        onPointerMove={(event) => point(at(event))}
        onPointerLeave={() => point(undefined)}
        onClick={(event) => select(at(event))}
      />
      {legend && segments.length > 0 && (
        <ul data-clipseg="legend" aria-label="segments">
          {segments.map(({ label }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: prompts may be the same
            <li key={i} style={{ '--clipseg-color': `rgb(${colorAt(colors, i)})` } as object}>
              <button
                type="button"
                aria-pressed={chosen === i}
                data-active={active === i}
                onClick={() => select(chosen === i ? undefined : i)}
                onFocus={() => point(i)}
                onBlur={() => point(undefined)}
                onPointerEnter={() => point(i)}
                onPointerLeave={() => point(undefined)}
              >
                {label}
              </button>
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

function labelOf(segments: readonly ProcessedSegment[], areas: readonly number[]): string {
  if (segments.length === 0) return 'picture';
  const parts = segments.map(({ label, mask }, i) => {
    const share = (100 * areas[i]!) / mask.length;
    return `${label}, ${share.toFixed(0)} %`;
  });
  return `picture with ${parts.join('; ')}`;
}
