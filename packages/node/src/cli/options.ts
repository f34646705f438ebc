import type { Dtype, Resolution } from '@clipseg/core';
import type { FormatName } from '@clipseg/core/formats';
import { dtypes } from '@clipseg/core/model';
import { InvalidArgumentError } from 'commander';

export function parseDtype(value: string): Dtype {
  const found = dtypes.find((dtype) => dtype === value);
  if (found) return found;
  throw new InvalidArgumentError(`Choose among ${dtypes.join(', ')}.`);
}

export const parseDtypes = (value: string): Dtype[] => value.split(',').map(parseDtype);

/** Parses `352` or `HEIGHTxWIDTH`. */
export function parseResolution(value: string): Resolution {
  const match = /^(\d{1,4})(?:x(\d{1,4}))?$/.exec(value);
  const [height, width] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (!match || height < 1 || width < 1) {
    throw new InvalidArgumentError('Give a side such as 352, or HEIGHTxWIDTH such as 352x480.');
  }
  return match[2] === undefined ? height : [height, width];
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Parses a finite decimal number; NaN for anything else (Number('') is 0, Number('0x1') is 1). */
export function numberOf(text: string): number {
  const number = NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : Number.NaN;
}

const pointHint = (value: string): string =>
  /^\s*\d*,\d+\s*$/.test(value) ? ', with a decimal point' : '';

/** Parses a probability or a share, 0 to 1. */
export function parseShare(value: string): number {
  const number = numberOf(value);
  if (number >= 0 && number <= 1) return number;
  throw new InvalidArgumentError(`Give a number from 0 to 1${pointHint(value)}.`);
}

function wholeNumber(value: string, min: number, max: number): number {
  const number = /^\s*\d+\s*$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  const upTo = max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`;
  throw new InvalidArgumentError(`Give a whole number from ${min}${upTo}.`);
}

export const parseCount = (value: string): number => wholeNumber(value, 1, Number.MAX_SAFE_INTEGER);

export const parseIndex = (value: string): number => wholeNumber(value, 0, Number.MAX_SAFE_INTEGER);

/** Parses a thread count; more threads than cores only cost memory. */
export const parseThreads = (value: string): number => wholeNumber(value, 1, 1024);

/** Parses comma-separated numbers; NaN for each that is invalid or missing. */
export const numbersOf = (value: string): number[] => value.split(',').map(numberOf);

/** Parses the name of a file or folder. */
export function parsePath(value: string): string {
  if (value.trim() !== '' && !value.includes('\0')) return value;
  throw new InvalidArgumentError('Give the name of a file or folder.');
}

/** Names of `formatWriters`, without loading them; a missing name does not compile. */
const formatNames: Readonly<Record<FormatName, true>> = {
  mask: true,
  overlay: true,
  palette: true,
  cutout: true,
  heatmap: true,
  probabilities: true,
  npy: true,
  svg: true,
  coco: true,
  labelme: true,
  yolo: true,
  geojson: true,
  rle: true,
};
export const formats = Object.keys(formatNames) as readonly FormatName[];

export function parseFormats(value: string): FormatName[] {
  const names = value.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !Object.hasOwn(formatNames, name));
  if (unknown === undefined) return [...new Set(names)] as FormatName[];
  throw new InvalidArgumentError(
    `${JSON.stringify(unknown)} is not a format; choose among ${formats.join(', ')}.`,
  );
}

/** Collects the values of a repeatable option. */
export const collect = (value: string, all: readonly string[] = []): string[] => [...all, value];
