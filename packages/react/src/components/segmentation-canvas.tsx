import { maskArea, type RawImage, type Segmentation } from '@clipseg/core';
import type { Color } from '@clipseg/core/formats';
import { type ComponentProps, useEffect, useMemo, useRef, useState } from 'react';
import { useMask } from '../use-mask.js';
import { drawImage, pointOn } from './draw-image.js';
import {
  colorAt,
  type SegmentationView,
  type ShownSegment,
  segmentAt,
  viewOf,
} from './segmentation-view.js';

export interface SegmentationCanvasProps extends Omit<ComponentProps<'figure'>, 'onSelect'> {
  /** The source image's pixels, as from `useRawImage`. */
  readonly image: RawImage;
  /** As from `useMask`, or a segmentation's segments. Default: its masks at the threshold 0.5. */
  readonly segments?: readonly ShownSegment[];
  /** As from `useSegmentation`; heat maps need it in addition to `segments`. */
  readonly segmentation?: Segmentation;
  /** Default `overlay`. */
  readonly view?: SegmentationView;
  /** The selected segment, if the component is controlled. */
  readonly selected?: number;
  /** Called with the segment that a click or a key selects; undefined when it is deselected. */
  readonly onSelect?: (index: number | undefined) => void;
  /** One per prompt: red, green, blue, 0..255. Default: `palette` of `@clipseg/core`. */
  readonly colors?: readonly Color[];
  /** Whether to list the prompts below the canvas. Default true. */
  readonly legend?: boolean;
}

const NO_SEGMENTS: readonly ShownSegment[] = [];

/**
 * Shows an image with its segments. The pointer, or focus in the list of prompts, highlights a
 * segment; a click or Enter selects it. The component has no styles: `data-clipseg` identifies its
 * elements, and `--clipseg-color` is a prompt's color.
 */
export function SegmentationCanvas(props: SegmentationCanvasProps) {
  const { image, segments: given, segmentation, view = 'overlay', ...rest } = props;
  const { selected, onSelect, colors, legend = true, ...figure } = rest;
  const standard = useMask(given ? undefined : segmentation);
  const segments = given ?? standard.segments ?? NO_SEGMENTS;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pointed, setPointed] = useState<number>();
  const [uncontrolled, setUncontrolled] = useState<number>();
  const chosen = 'selected' in props ? selected : uncontrolled;
  const active = [pointed, chosen].find((i) => i !== undefined && i < segments.length);
  const shown = useMemo(
    () => viewOf({ image, segments, segmentation, view, active, colors }),
    [image, segments, segmentation, view, active, colors],
  );
  const masks = useMemo(() => segments.map((segment) => segment.mask()), [segments]);
  const areas = useMemo(() => masks.map(maskArea), [masks]);
  useEffect(() => {
    if (canvas.current) drawImage(canvas.current, shown);
  }, [shown]);
  const select = (index: number | undefined) => {
    setUncontrolled(index);
    onSelect?.(index);
  };
  const at = (event: { clientX: number; clientY: number }) =>
    canvas.current ? segmentAt(masks, areas, image, pointOn(canvas.current, event)) : undefined;
  return (
    <figure data-clipseg="segmentation" {...figure}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={labelOf(segments, areas, image)}
        onPointerMove={(event) => setPointed(at(event))}
        onPointerLeave={() => setPointed(undefined)}
        onClick={(event) => select(at(event))}
      />
      {legend && segments.length > 0 && (
        <ul data-clipseg="legend" aria-label="segments">
          {segments.map(({ label }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two prompts may be equal
            <li key={i} style={{ '--clipseg-color': `rgb(${colorAt(colors, i)})` } as object}>
              <button
                type="button"
                aria-pressed={chosen === i}
                data-active={active === i}
                onClick={() => select(chosen === i ? undefined : i)}
                onFocus={() => setPointed(i)}
                onBlur={() => setPointed(undefined)}
                onPointerEnter={() => setPointed(i)}
                onPointerLeave={() => setPointed(undefined)}
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

function labelOf(
  segments: readonly ShownSegment[],
  areas: readonly number[],
  { width, height }: RawImage,
): string {
  if (segments.length === 0) return 'image';
  const parts = segments.map(({ label }, i) => {
    const share = (100 * areas[i]!) / (width * height);
    return `${label}, ${share.toFixed(0)} %`;
  });
  return `image with ${parts.join('; ')}`;
}
