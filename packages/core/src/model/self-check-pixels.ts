/**
 * Makes the image of the self-check, normalized, CHW: discs on a checkerboard, with a little grain.
 * It uses only integer arithmetic, so that every JavaScript engine computes the same bits.
 */
export function selfCheckPixels([h, w]: readonly [number, number]): Float32Array {
  const values = new Float32Array(3 * h * w);
  let state = 12345;
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
        const [dy, dx] = [2 * y - h, 2 * x - w];
        const inside = 4 * (dy * dy + dx * dx) < h * w * (c + 1);
        const board = ((y >> 3) + (x >> 3) + c) & 1;
        const level = (inside ? 160 - 40 * c : 60 + 50 * board) + (state >> 26);
        values[(c * h + y) * w + x] = (level - 116) / 64;
      }
    }
  }
  return values;
}
