import type { Dtype, Size } from '@clipseg/core';
import { InvalidArgumentError } from 'commander';

const dtypes: readonly Dtype[] = ['fp32', 'fp16', 'int8'];

export function parseDtype(value: string): Dtype {
  const found = dtypes.find((dtype) => dtype === value);
  if (found) return found;
  throw new InvalidArgumentError(`Choose among ${dtypes.join(', ')}.`);
}

export const parseDtypes = (value: string): Dtype[] => value.split(',').map(parseDtype);

/** `352` or `HEIGHTxWIDTH`. */
export function parseSize(value: string): Size {
  const match = /^(\d{1,4})(?:x(\d{1,4}))?$/.exec(value);
  const [height, width] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (!match || height < 1 || width < 1) {
    throw new InvalidArgumentError('Give a side such as 352, or HEIGHTxWIDTH such as 352x480.');
  }
  return match[2] === undefined ? height : [height, width];
}

/** From 0 to 1: a probability or a share. */
export function parseShare(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && number >= 0 && number <= 1) return number;
  throw new InvalidArgumentError('Give a number from 0 to 1.');
}

export function parseNumber(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('Give a number.');
}

export function parseCount(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('Give a whole number from 1.');
}

export const formats = [
  ...(['mask', 'overlay', 'palette', 'cutout', 'heatmap', 'probabilities', 'npy'] as const),
  ...(['svg', 'coco', 'labelme', 'yolo', 'geojson', 'rle'] as const),
] as const;
export type Format = (typeof formats)[number];

export function parseFormats(value: string): Format[] {
  const names = value.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(formats as readonly string[]).includes(name));
  if (unknown === undefined) return [...new Set(names)] as Format[];
  throw new InvalidArgumentError(
    `${JSON.stringify(unknown)} is no format; choose among ${formats.join(', ')}.`,
  );
}

/** For options that may be given several times. */
export const collect = (value: string, all: readonly string[] = []): string[] => [...all, value];
