/** The format that the first bytes of a file indicate. */
export interface PictureFormat {
  /** Name in messages: `JPEG`, `HEIC`, `PDF`. */
  readonly name: string;
  /** Advice for a format that few decoders read. */
  readonly advice?: string;
}

const heic =
  'convert it first: heif-convert in.heic out.jpg (macOS: sips -s format jpeg in.heic --out out.jpg)';
const magick = (name: string) => `convert it first: magick in.${name} out.png`;
const raw =
  'a camera raw file; develop it first, e.g. with darktable or dcraw_emu, to TIFF or JPEG';
const video = 'a film; take a frame of it: ffmpeg -i in.mp4 -frames:v 1 out.png';

type Magic = readonly [name: string, offset: number, bytes: string, advice?: string];

/** Signatures as Latin-1 text. The first match wins. */
const MAGIC: readonly Magic[] = [
  ['JPEG', 0, '\xff\xd8\xff'],
  ['PNG', 0, '\x89PNG\r\n\x1a\n'],
  ['GIF', 0, 'GIF87a'],
  ['GIF', 0, 'GIF89a'],
  ['camera raw', 8, 'CR\x02\0', raw],
  ['TIFF', 0, 'II*\0'],
  ['TIFF', 0, 'MM\0*'],
  ['TIFF', 0, 'II+\0'],
  ['TIFF', 0, 'MM\0+'],
  ['BMP', 0, 'BM'],
  ['JPEG XL', 0, '\xff\x0a', 'convert it first: djxl in.jxl out.png'],
  ['JPEG XL', 4, 'JXL \r\n', 'convert it first: djxl in.jxl out.png'],
  ['JPEG 2000', 4, 'jP  \r\n', magick('jp2')],
  ['JPEG 2000', 0, '\xff\x4f\xff\x51', magick('j2k')],
  ['PDF', 0, '%PDF', 'make a picture of a page first: pdftoppm -png -r 150 in.pdf out'],
  ['PostScript', 0, '%!', 'make a picture of a page first: gs -sDEVICE=png16m -o out.png in.ps'],
  ['Photoshop (PSD)', 0, '8BPS', magick('psd')],
  ['GIMP (XCF)', 0, 'gimp xcf', 'export it as PNG first'],
  ['OpenEXR', 0, '\x76\x2f\x31\x01', magick('exr')],
  ['Radiance HDR', 0, '#?R', magick('hdr')],
  ['icon (ICO)', 0, '\0\0\x01\0', magick('ico')],
  ['QOI', 0, 'qoif', magick('qoi')],
  ['DDS', 0, 'DDS ', magick('dds')],
  ['FITS', 0, 'SIMPLE  =', magick('fits')],
  ['camera raw', 0, 'FUJIFILMCCD-RAW', raw],
  ['camera raw', 0, 'IIRO', raw],
  ['camera raw', 0, 'IIRS', raw],
  ['camera raw', 0, 'MMOR', raw],
  ['camera raw', 0, 'IIU\0', raw],
  ['film', 0, '\x1aE\xdf\xa3', video],
  ['gzip', 0, '\x1f\x8b', 'unpack it first: gunzip'],
  ['ZIP', 0, 'PK\x03\x04', 'unpack it first'],
];

const latin1 = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

/** Brands of the ISO base media family: AVIF, HEIC, videos. */
function isoFormat(head: string): PictureFormat {
  const end = Math.min(head.length, Math.max(16, head.charCodeAt(2) * 256 + head.charCodeAt(3)));
  const brands = [head.slice(8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.slice(at, at + 4));
  const has = (...names: string[]) => brands.some((brand) => names.includes(brand));
  if (has('crx ')) return { name: 'camera raw', advice: raw };
  if (has('avif', 'avis')) return { name: 'AVIF' };
  if (has('heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1', 'mif2'))
    return { name: 'HEIC', advice: heic };
  return { name: 'film', advice: video };
}

/** Decodes text in UTF-8 or UTF-16, without byte order mark and leading white space. */
function textOf(head: Uint8Array): string {
  const [a = 0, b = 0] = head;
  const little = (a === 0xff && b === 0xfe) || (a > 0 && b === 0);
  const big = (a === 0xfe && b === 0xff) || (a === 0 && b > 0);
  const label = little ? 'utf-16le' : big ? 'utf-16be' : 'utf-8';
  return new TextDecoder(label).decode(head).trimStart();
}

function textFormat(head: Uint8Array): PictureFormat | undefined {
  const text = textOf(head);
  if (/^<(!doctype\s+)?html[\s>]/i.test(text)) {
    return { name: 'HTML', advice: 'a page, not a picture; was the address of the picture meant?' };
  }
  if (/^</.test(text) && /<([\w.-]{1,60}:)?svg[\s>/]/i.test(text)) return { name: 'SVG' };
  if (/^version https:\/\/git-lfs/.test(text)) {
    return { name: 'Git LFS pointer', advice: 'not the file: git lfs pull' };
  }
  return undefined;
}

/** Number of first bytes that `pictureFormat` reads, at most. */
export const FORMAT_BYTES = 4096;

/** Returns the format that the first bytes indicate, or undefined if it is unknown. */
export function pictureFormat(bytes: Uint8Array): PictureFormat | undefined {
  const start = bytes.subarray(0, FORMAT_BYTES);
  const head = latin1(start.subarray(0, 256));
  for (const [name, offset, magic, advice] of MAGIC) {
    if (head.startsWith(magic, offset)) return advice ? { name, advice } : { name };
  }
  if (head.startsWith('RIFF')) {
    return head.startsWith('WEBP', 8) ? { name: 'WebP' } : { name: 'film', advice: video };
  }
  if (head.startsWith('ftyp', 4)) return isoFormat(head);
  return textFormat(start);
}
