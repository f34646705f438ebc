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
} from '@clipseg/core/masks';

/** Ways to cut; all of them are steered by one number from 0 to 1. */
export const methods = {
  fixed: { name: 'Fixed', level: 'Threshold', make: (value) => fixed({ value }) },
  otsu: { name: 'Otsu', level: 'At least', make: (least) => otsu({ least }) },
  triangle: { name: 'Triangle', level: 'At least', make: (least) => triangle({ least }) },
  hysteresis: {
    name: 'Hysteresis',
    level: 'Sure from (faint: half of it)',
    make: (high) => hysteresis({ low: high / 2, high }),
  },
  relative: {
    name: 'Share of the highest',
    level: 'Share',
    make: (share) => relativeToMaximum({ share }),
  },
} as const satisfies Record<
  string,
  { name: string; level: string; make: (level: number) => Thresholder }
>;
export type Method = keyof typeof methods;

/** From scores to masks; lengths in pixels of the picture. */
export interface MaskSettings {
  readonly method: Method;
  readonly level: number;
  readonly refine: boolean;
  readonly radius: number;
  readonly close: number;
  readonly open: number;
  /** Grows where positive, shrinks where negative. */
  readonly grow: number;
  readonly minArea: number;
  readonly fillHoles: boolean;
  /** Each connected part by itself. */
  readonly parts: boolean;
  /** Parts that only touch are cut apart. */
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

/** The steps that the settings mean. None of them is inference. */
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
