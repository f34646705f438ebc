import type { Buffer } from 'node:buffer';

/** Reads the tags of the first directory that have a single inline value. */
function tagsOf(bytes: Buffer): Map<number, number> {
  const tags = new Map<number, number>();
  const little = bytes[0] === 0x49;
  const short = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const long = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const long8 = (at: number) =>
    Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  try {
    const big = short(2) === 43;
    const at = big ? long8(8) : long(4);
    const count = Math.min(big ? long8(at) : short(at), 4096);
    const [first, step, value] = big ? [at + 8, 20, 12] : [at + 2, 12, 8];
    for (let i = 0; i < count; i++) {
      const entry = first + i * step;
      const place = entry + value;
      tags.set(short(entry), short(entry + 2) === 3 ? short(place) : long(place));
    }
  } catch {
    // Truncated: the decoder reports it.
  }
  return tags;
}

const SUBFILE_TYPE = 254;
const COMPRESSION = 259;
const PHOTOMETRIC = 262;
const SUB_DIRECTORIES = 330;
const DNG_VERSION = 50706;

const [YCBCR, COLOR_FILTER_ARRAY, LINEAR_RAW] = [6, 32803, 34892];
const JPEG = [6, 7];

/** Describes why decoding a TIFF would give the wrong image; undefined if it would not. */
export function tiffProblem(bytes: Buffer): string | undefined {
  const tags = tagsOf(bytes);
  const photometric = tags.get(PHOTOMETRIC) ?? -1;
  const thumbnail = ((tags.get(SUBFILE_TYPE) ?? 0) & 1) === 1 && tags.has(SUB_DIRECTORIES);
  const sensor = photometric === COLOR_FILTER_ARRAY || photometric === LINEAR_RAW;
  if (tags.has(DNG_VERSION) || thumbnail || sensor) {
    return (
      'is a camera raw file, of which only a thumbnail would be read; ' +
      'develop it first, e.g. with darktable or dcraw_emu, to TIFF or JPEG'
    );
  }
  if (photometric === YCBCR && !JPEG.includes(tags.get(COMPRESSION) ?? 1)) {
    return 'is a TIFF with YCbCr values, which are not supported; save it as RGB: magick in.tif out.png';
  }
  return undefined;
}
