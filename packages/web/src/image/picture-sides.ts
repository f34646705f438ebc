/** How many bytes to read: a JPEG's size may come after large profiles and previews. */
export const HEADER_BYTES = 2 ** 20;

type Sides = readonly [width: number, height: number];

function jpegSides(view: DataView): Sides | undefined {
  for (let at = 2; at + 9 < view.byteLength; ) {
    const marker = view.getUint8(at + 1);
    if (view.getUint8(at) !== 0xff) return undefined;
    if (marker === 0xff) at += 1;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return [view.getUint16(at + 7), view.getUint16(at + 5)];
    } else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function webpSides(view: DataView): Sides | undefined {
  const kind = view.getUint32(12);
  const uint24 = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 65536;
  if (kind === 0x56503858) return [uint24(24) + 1, uint24(27) + 1];
  if (kind === 0x56503820) {
    return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  }
  const bits = view.getUint32(21, true);
  return kind === 0x5650384c ? [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1] : undefined;
}

/** Reads the largest `ispe` box, which is the image's own and not a thumbnail's or a tile's. */
function isoSides(view: DataView): Sides | undefined {
  let most: Sides | undefined;
  for (let at = 4; at + 16 <= view.byteLength; at++) {
    if (view.getUint32(at) !== 0x69737065) continue;
    const sides: Sides = [view.getUint32(at + 8), view.getUint32(at + 12)];
    if (!most || sides[0] * sides[1] > most[0] * most[1]) most = sides;
  }
  return most;
}

type Reader = readonly [magic: string, at: number, read: (view: DataView) => Sides | undefined];

/** The first bytes of a format, as Latin-1, and their offset. */
const readers: readonly Reader[] = [
  ['\xff\xd8\xff', 0, jpegSides],
  ['\x89PNG\r\n\x1a\n', 0, (view) => [view.getUint32(16), view.getUint32(20)]],
  ['GIF8', 0, (view) => [view.getUint16(6, true), view.getUint16(8, true)]],
  ['WEBP', 8, webpSides],
  ['ftyp', 4, isoSides],
  [
    'BM',
    0,
    (view) =>
      view.getUint32(14, true) === 12
        ? [view.getUint16(18, true), view.getUint16(20, true)]
        : [view.getInt32(18, true), Math.abs(view.getInt32(22, true))],
  ],
];

/**
 * Reads an image's size from its header, before the browser decodes it. Undefined for unsupported
 * formats, and for headers that are truncated or have no size.
 */
export function pictureSides(bytes: Uint8Array): Sides | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  const [, , read] = readers.find(([magic, at]) => head.startsWith(magic, at)) ?? [];
  try {
    const sides = read?.(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return sides && sides[0] > 0 && sides[1] > 0 ? sides : undefined;
  } catch {
    return undefined; // truncated
  }
}
