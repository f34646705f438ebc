/** Names of the built-in masking strategies. They mean the same in a worker and on disk. */
export const maskingNames = [
  'none',
  'overlay',
  'highlight',
  'highlight2',
  'shape',
  'greyscale',
  'colorize',
  'rectangle',
  'darken',
  'blur',
  'shift',
  'crop',
  'outline',
  'token-mask',
] as const;

export type MaskingName = (typeof maskingNames)[number];
