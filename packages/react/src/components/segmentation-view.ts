import type { RawImage, Segmentation } from '@clipseg/core';
import {
  type Color,
  colorOf,
  cutout,
  heatMap,
  overlay,
  type RgbaImage,
  toRgba,
} from '@clipseg/core/formats';
import { type ProcessedSegment, scoresOf } from '@clipseg/core/postprocess';

/**
 * `overlay`: every segment tinted and outlined; `outline`: only outlined; `heat-map`:
 * probabilities of the active segment; `cut-out`: the active segment on a transparent background;
 * `image`: the image itself.
 */
export type SegmentationView = 'overlay' | 'outline' | 'heat-map' | 'cut-out' | 'image';

/** A segment of a segmentation, or what a pipeline made of it. */
export type ShownSegment = Pick<ProcessedSegment, 'label' | 'mask'> &
  Partial<Pick<ProcessedSegment, 'alpha'>>;

export interface ViewInput {
  readonly image: RawImage;
  readonly segments: readonly ShownSegment[];
  /** Needed for heat maps. */
  readonly segmentation?: Segmentation;
  readonly view: SegmentationView;
  /** The highlighted segment; the others are dimmed. */
  readonly active: number | undefined;
  readonly colors: readonly Color[] | undefined;
}

export const colorAt = (colors: readonly Color[] | undefined, i: number): Color =>
  colors?.[i % colors.length] ?? colorOf(i);

/** Renders a view to pixels. */
export function viewOf(input: ViewInput): RgbaImage {
  const { image, segments, segmentation, view, active, colors } = input;
  const chosen = segments[active ?? 0];
  if (view === 'image' || !chosen) return toRgba(image);
  if (view === 'cut-out') return cutout(image, chosen);
  if (view === 'heat-map') {
    if (!segmentation) return toRgba(image);
    return heatMap(scoresOf(segmentation, active ?? 0), { image, legend: false });
  }
  const layers = segments.map((segment, i) => ({
    label: segment.label,
    alpha: segment.alpha,
    mask: () => segment.mask(),
    color: colorAt(colors, i),
  }));
  const shown = active === undefined ? layers : layers.filter((_, i) => i === active);
  return overlay(image, shown, {
    opacity: view === 'outline' ? 0 : 0.45,
    dim: active === undefined ? 0 : 0.4,
    legend: false,
  });
}

/**
 * Returns the segment at a point of the image; if several overlap, the smallest one.
 * @param masks of the segments, uint8 [height, width]
 */
export function segmentAt(
  masks: readonly Uint8Array[],
  areas: readonly number[],
  { width, height }: Pick<RawImage, 'width' | 'height'>,
  [x, y]: readonly [number, number],
): number | undefined {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= width || row >= height) return undefined;
  let found: number | undefined;
  for (const [i, mask] of masks.entries()) {
    const smaller = found === undefined || areas[i]! < areas[found]!;
    if (smaller && mask[row * width + column] === 1) found = i;
  }
  return found;
}
