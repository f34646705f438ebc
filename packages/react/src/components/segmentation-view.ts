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

export interface ViewInput {
  readonly image: RawImage;
  readonly segments: readonly ProcessedSegment[];
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
  const layers = segments.map((segment, i) => ({ ...segment, color: colorAt(colors, i) }));
  const shown = active === undefined ? layers : layers.filter((_, i) => i === active);
  return overlay(image, shown, {
    opacity: view === 'outline' ? 0 : 0.45,
    dim: active === undefined ? 0 : 0.4,
    legend: false,
  });
}

/** Returns the segment at a point of the image; the one with the smallest area if they overlap. */
export function segmentAt(
  segments: readonly ProcessedSegment[],
  areas: readonly number[],
  [x, y]: readonly [number, number],
): number | undefined {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const covers = ({ mask, width, height }: ProcessedSegment): boolean =>
    column >= 0 && row >= 0 && column < width && row < height && mask[row * width + column] === 1;
  let found: number | undefined;
  for (const [i, segment] of segments.entries()) {
    const smaller = found === undefined || areas[i]! < areas[found]!;
    if (smaller && covers(segment)) found = i;
  }
  return found;
}
