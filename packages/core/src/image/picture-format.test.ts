import { describe, expect, it } from 'vitest';
import { pictureFormat } from './picture-format.js';

const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const nameOf = (text: string) => pictureFormat(latin1(text))?.name;
/** A box of the ISO family: its length, its main brand, and others. */
const iso = (brand: string, ...others: string[]) => {
  const text = `ftyp${brand}\0\0\0\0${others.join('')}`;
  return `\0\0\0${String.fromCharCode(4 + text.length)}${text}`;
};

describe('pictureFormat', () => {
  it.each([
    ['JPEG', '\xff\xd8\xff\xe0'],
    ['PNG', '\x89PNG\r\n\x1a\n....'],
    ['GIF', 'GIF89a'],
    ['BMP', 'BM1234'],
    ['TIFF', 'II*\0....'],
    ['camera raw', 'II*\0\x10\0\0\0CR\x02\0'],
    ['JPEG XL', '\0\0\0\x0cJXL \r\n'],
    ['PDF', '%PDF-1.7'],
    ['WebP', 'RIFF1234WEBPVP8 '],
    ['film', 'RIFF1234AVI LIST'],
    ['film', '\x1aE\xdf\xa3'],
    ['ZIP', 'PK\x03\x04'],
  ])('knows %s', (name, head) => {
    expect(nameOf(head)).toBe(name);
  });

  it('gives advice where few read a format', () => {
    expect(pictureFormat(latin1('%PDF'))?.advice).toMatch(/pdftoppm/);
    expect(pictureFormat(latin1('\xff\xd8\xff'))).toEqual({ name: 'JPEG' });
    expect(pictureFormat(latin1('RIFF1234AVI '))?.advice).toMatch(/ffmpeg/);
    expect(pictureFormat(latin1('RIFF1234WEBP'))).toEqual({ name: 'WebP' });
    expect(pictureFormat(latin1(iso('heic')))?.advice).toMatch(/heif-convert/);
  });

  it('knows the ISO family by its brands, whichever comes first', () => {
    expect(nameOf(iso('avif'))).toBe('AVIF');
    expect(nameOf(iso('mif1', 'miaf', 'avif'))).toBe('AVIF');
    expect(nameOf(iso('mif1', 'heic'))).toBe('HEIC');
    expect(nameOf(iso('isom', 'mp41', 'hevc'))).toBe('HEIC');
    expect(nameOf(iso('crx ', 'heic'))).toBe('camera raw');
    expect(nameOf(iso('isom', 'mp41'))).toBe('film');
  });

  it('reads no brand behind the box, nor half of one', () => {
    expect(nameOf(`${iso('isom', 'mp41')}avif`)).toBe('film');
    expect(nameOf(iso('isom', 'avi'))).toBe('film');
    // The box claims nothing: the main brand counts all the same.
    expect(nameOf(`\0\0\0\0ftypavif\0\0\0\0heic`)).toBe('AVIF');
    // The number in the middle is no brand.
    expect(nameOf('\0\0\0\x14ftypisomavifmp41')).toBe('film');
    // A box of more than 255 bytes.
    expect(nameOf(`\0\0\x01\x04ftypisom\0\0\0\0${'mp41'.repeat(58)}avif`)).toBe('AVIF');
  });

  it('knows pages and drawings as text', () => {
    expect(nameOf('<!DOCTYPE html><p>')).toBe('HTML');
    expect(nameOf(' \n<html lang="en">')).toBe('HTML');
    expect(nameOf('<htmlx><svg>')).toBe('SVG');
    expect(nameOf('<svg xmlns="x">')).toBe('SVG');
    expect(nameOf('<?xml version="1.0"?>\n<s:svg>')).toBe('SVG');
    expect(nameOf('<!-- a --><svg/>')).toBe('SVG');
    expect(nameOf('text with <svg>')).toBeUndefined();
    expect(nameOf('<svgx>')).toBeUndefined();
    expect(nameOf('version https://git-lfs.github.com/spec/v1')).toBe('Git LFS pointer');
    expect(nameOf('see version https://git-lfs')).toBeUndefined();
  });

  it('reads text in UTF-16, with and without its mark', () => {
    const utf16 = (text: string, little: boolean) =>
      Uint8Array.from(
        [...text].flatMap((c) => (little ? [c.charCodeAt(0), 0] : [0, c.charCodeAt(0)])),
      );
    for (const little of [true, false]) {
      const bytes = utf16('<svg>', little);
      expect(pictureFormat(bytes)?.name).toBe('SVG');
      const mark = little ? [0xff, 0xfe] : [0xfe, 0xff];
      expect(pictureFormat(Uint8Array.from([...mark, ...bytes]))?.name).toBe('SVG');
      const wide = utf16(' \n\u0100', little);
      wide.set(little ? [0x00, 0x01] : [0x01, 0x00], 4);
      expect(pictureFormat(wide)).toBeUndefined();
    }
    expect(nameOf('\xef\xbb\xbf<svg>')).toBe('SVG');
  });

  it('looks at the first 4096 bytes', () => {
    expect(nameOf(`<?xml?>${' '.repeat(4000)}<svg>`)).toBe('SVG');
    expect(nameOf(`<?xml?>${' '.repeat(4096)}<svg>`)).toBeUndefined();
  });

  it.each([[''], ['hello'], ['\0\0\0\0'], ['RIF']])('knows nothing of %j', (head) => {
    expect(nameOf(head)).toBeUndefined();
  });
});
