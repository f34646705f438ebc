import type { Dtype, Resolution } from '@clipseg/core';
import { InvalidArgumentError } from 'commander';

const dtypes: readonly Dtype[] = ['fp32', 'fp16', 'int8'];

export function parseDtype(value: string): Dtype {
  const found = dtypes.find((dtype) => dtype === value);
  if (found) return found;
  throw new InvalidArgumentError(`Choose among ${dtypes.join(', ')}.`);
}

export const parseDtypes = (value: string): Dtype[] => value.split(',').map(parseDtype);

/** `352` or `HEIGHTxWIDTH`. */
export function parseResolution(value: string): Resolution {
  const match = /^(\d{1,4})(?:x(\d{1,4}))?$/.exec(value);
  const [height, width] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (!match || height < 1 || width < 1) {
    throw new InvalidArgumentError('Give a side such as 352, or HEIGHTxWIDTH such as 352x480.');
  }
  return match[2] === undefined ? height : [height, width];
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A number as people write it, finite; NaN for anything else (Number('') is 0, Number('0x1') 1).
 */
export function numberOf(text: string): number {
  const number = NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : Number.NaN;
}

const point = (value: string): string => (/^\s*\d*,\d+\s*$/.test(value) ? ', with a point' : '');

/** From 0 to 1: a probability or a share. */
export function parseShare(value: string): number {
  const number = numberOf(value);
  if (number >= 0 && number <= 1) return number;
  throw new InvalidArgumentError(`Give a number from 0 to 1${point(value)}.`);
}

export function parseNumber(value: string): number {
  const number = numberOf(value);
  if (!Number.isNaN(number)) return number;
  throw new InvalidArgumentError(`Give a number${point(value)}.`);
}

function wholeNumber(value: string, least: number, most: number): number {
  const number = /^\s*\d+\s*$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
  throw new InvalidArgumentError(`Give a whole number from ${least}${upTo}.`);
}

export const parseCount = (value: string): number => wholeNumber(value, 1, Number.MAX_SAFE_INTEGER);

export const parseIndex = (value: string): number => wholeNumber(value, 0, Number.MAX_SAFE_INTEGER);

/** More threads than any machine has cores would only take its memory. */
export const parseThreads = (value: string): number => wholeNumber(value, 1, 1024);

/** Numbers with commas between them, none left out. */
export const numbersOf = (value: string): number[] => value.split(',').map(numberOf);

/** The name of a file or folder. */
export function parsePath(value: string): string {
  if (value.trim() !== '' && !value.includes('\0')) return value;
  throw new InvalidArgumentError('Give a name that is not empty.');
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
