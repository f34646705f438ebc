import { type CategoryMask, categoryMask, type Segmentation } from '@clipseg/core';
import type { Color } from '@clipseg/core/formats';
import { colorOf } from '@clipseg/core/formats';
import { instanceMask, type ProcessedSegment } from '@clipseg/core/postprocess';
import type { SegmentationView } from '@clipseg/react';

/** `classes`: every pixel belongs to one prompt, or to the background. */
export type View = SegmentationView | 'classes';

/** Segments with the colors to draw them in. */
export interface Shown {
  readonly segments: readonly ProcessedSegment[];
  readonly colors: readonly Color[];
}

/** Makes one mask of several classes; pixels below the threshold are background. */
export const classesOf = (segmentation: Segmentation, level: number): CategoryMask =>
  categoryMask(segmentation, {
    background: { threshold: level },
  });

function classSegments(segmentation: Segmentation, level: number): readonly ProcessedSegment[] {
  const { data, legend, width, height } = classesOf(segmentation, level);
  return legend
    .filter(({ value }) => value > 0)
    .map(({ value, label }) => ({
      label,
      width,
      height,
      threshold: level,
      mask: () => data.map((category) => (category === value ? 1 : 0)),
    }));
}

/** Turns every part into a segment. */
const partSegments = (segment: ProcessedSegment): readonly ProcessedSegment[] =>
  (segment.instances ?? []).map((instance, i) => ({
    ...segment,
    label: `${segment.label} ${i + 1}`,
    mask: () => instanceMask(instance, segment),
    instances: [instance],
  }));

export interface ShownInput extends Shown {
  readonly view: View;
  readonly segmentation: Segmentation;
  readonly level: number;
}

/** Returns what a view shows: prompts, parts, or classes. Heat maps always show prompts. */
export function shownSegments(input: ShownInput): Shown {
  const { view, segmentation, level, segments, colors } = input;
  if (view === 'classes') return { segments: classSegments(segmentation, level), colors };
  if (view === 'heat-map' || !segments.some(({ instances }) => instances)) {
    return { segments, colors };
  }
  const parts = segments.flatMap(partSegments);
  return { segments: parts, colors: parts.map((_, i) => colorOf(i)) };
}
