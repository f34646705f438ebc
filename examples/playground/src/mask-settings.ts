import {
  fixed,
  hysteresis,
  instances,
  matte,
  morphology,
  otsu,
  type PostProcessor,
  refine,
  relativeToMaximum,
  type Thresholder,
  threshold,
  triangle,
} from '@clipseg/core/postprocess';

/** Methods to find a threshold, each controlled by one number from 0 to 1. */
export const methods = {
  fixed: { name: 'Fixed', level: 'Threshold', make: (value) => fixed({ value }) },
  otsu: { name: 'Otsu', level: 'Minimum', make: (least) => otsu({ least }) },
  triangle: { name: 'Triangle', level: 'Minimum', make: (least) => triangle({ least }) },
  hysteresis: {
    name: 'Hysteresis',
    level: 'High threshold (low: half of it)',
    make: (high) => hysteresis({ low: high / 2, high }),
  },
  relative: {
    name: 'Share of the maximum',
    level: 'Share',
    make: (share) => relativeToMaximum({ share }),
  },
} as const satisfies Record<
  string,
  { name: string; level: string; make: (level: number) => Thresholder }
>;
export type Method = keyof typeof methods;

/** Settings for making masks from scores; lengths in image pixels. */
export interface MaskSettings {
  readonly method: Method;
  readonly level: number;
  readonly refine: boolean;
  readonly radius: number;
  readonly close: number;
  readonly open: number;
  /** Grows if positive, shrinks if negative. */
  readonly grow: number;
  readonly minArea: number;
  readonly fillHoles: boolean;
  /** Treat each connected part separately. */
  readonly parts: boolean;
  /** Split parts that touch. */
  readonly split: boolean;
  readonly softEdges: boolean;
}

export const standardSettings: MaskSettings = {
  method: 'fixed',
  level: 0.5,
  refine: true,
  radius: 16,
  close: 0,
  open: 0,
  grow: 0,
  minArea: 60,
  fillHoles: false,
  parts: false,
  split: false,
  softEdges: false,
};

/** Returns the settings as a pipeline. No step is inference. */
export function pipelineOf(settings: MaskSettings): readonly PostProcessor[] {
  const { method, level, radius, close, open, grow, minArea, fillHoles } = settings;
  return [
    ...(settings.refine ? [refine({ radius })] : []),
    threshold(methods[method].make(level)),
    morphology({
      close,
      open,
      fillHoles,
      minArea,
      dilate: Math.max(0, grow),
      erode: -Math.min(0, grow),
    }),
    ...(settings.parts ? [instances(settings.split ? { split: 0.7 } : {})] : []),
    ...(settings.softEdges ? [matte()] : []),
  ];
}
