/** COCO's compressed run lengths, as pycocotools writes them: size is [height, width]. */
export interface CocoRle {
  readonly size: readonly [height: number, width: number];
  readonly counts: string;
}

/**
 * The run lengths inside `counts`: outside and inside take turns, outside first. Each is a signed
 * number in groups of five bits, least significant first, one printable character a group; from
 * the fourth on, the difference to the run two before (cocoapi, maskApi.c, rleFrString).
 */
export function cocoRuns(counts: string): number[] {
  const runs: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of counts) {
    const code = character.charCodeAt(0) - 48;
    if (code < 0 || code > 63) throw new Error(`"${character}" is no character of a COCO RLE.`);
    value += (code & 31) * 2 ** shift;
    shift += 5;
    if (code & 32) continue; // more groups follow
    if (code & 16) value -= 2 ** shift; // the sign
    runs.push(runs.length > 2 ? value + (runs.at(-2) as number) : value);
    [value, shift] = [0, 0];
  }
  if (shift) throw new Error('The COCO RLE ends inside a number.');
  return runs;
}

/** uint8 [height, width], 1 inside. COCO counts down the columns; this is row by row. */
export function decodeCocoRle({ size: [height, width], counts }: CocoRle): Uint8Array {
  const mask = new Uint8Array(height * width);
  let at = 0;
  for (const [i, run] of cocoRuns(counts).entries()) {
    const end = at + run;
    if (run < 0 || end > mask.length) {
      throw new Error(`Run ${i} of the COCO RLE leaves the picture of ${width} x ${height}.`);
    }
    for (; i % 2 === 1 && at < end; at++) mask[(at % height) * width + Math.floor(at / height)] = 1;
    at = end;
  }
  if (at !== mask.length) {
    throw new Error(`The COCO RLE covers ${at} of ${mask.length} pixels.`);
  }
  return mask;
}
