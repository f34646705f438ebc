import { describe, expect, it } from 'vitest';
import {
  collect,
  numberOf,
  numbersOf,
  parseCount,
  parseFormats,
  parseIndex,
  parseResolution,
  parseShare,
  parseThreads,
} from './options.js';

describe('options accept the limits of their ranges', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['.5', 0.5],
    ['1e-3', 0.001],
    [' 0.25 ', 0.25],
  ])('a share of %j', (text, value) => {
    expect(parseShare(text)).toBe(value);
  });

  it('counts', () => {
    expect(parseCount('1')).toBe(1);
    expect(parseIndex('0')).toBe(0);
    expect(parseThreads('1')).toBe(1);
    expect(parseThreads('1024')).toBe(1024);
    expect(() => parseThreads('1025')).toThrow('Give a whole number from 1 to 1024.');
    expect(() => parseCount('0')).toThrow('Give a whole number from 1.');
  });

  it('resolutions', () => {
    expect(parseResolution('1')).toBe(1);
    expect(parseResolution('352')).toBe(352);
    expect(parseResolution('1x9999')).toEqual([1, 9999]);
    expect(() => parseResolution('0x5')).toThrow(/HEIGHTxWIDTH/);
    expect(() => parseResolution('5x0')).toThrow(/HEIGHTxWIDTH/);
  });
});

it('the error for a decimal comma suggests a point', () => {
  expect(() => parseShare('0,4')).toThrow('Give a number from 0 to 1, with a decimal point.');
  expect(() => parseShare('4')).toThrow('Give a number from 0 to 1.');
});

it('numbers are decimal and finite', () => {
  expect(['+2', '-1.5', '1e3', ''].map(numberOf)).toEqual([2, -1.5, 1000, Number.NaN]);
  expect(numbersOf('1,,3')).toEqual([1, Number.NaN, 3]);
});

it('formats are a list without repetitions', () => {
  expect(parseFormats('mask, svg,mask')).toEqual(['mask', 'svg']);
  expect(() => parseFormats('mask,jpeg')).toThrow(/^"jpeg" is not a format/);
});

it('values of a repeated option are collected', () => {
  expect(collect('b', collect('a'))).toEqual(['a', 'b']);
});
