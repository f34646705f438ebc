import type { MaskSize } from '../raster/mask.js';
import type { Polygon, Ring } from '../raster/polygon.js';
import { ringsOf } from './shapes.js';

/** Covers the pixels near a line between two points; pixels at its edge are covered partly. */
function strokeLine(
  coverage: Uint8Array,
  { width, height }: MaskSize,
  [ax, ay, bx, by]: readonly [number, number, number, number],
  half: number,
): void {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const reach = half + 0.5;
  const [left, right] = [Math.min(ax, bx) - reach, Math.max(ax, bx) + reach];
  const [top, bottom] = [Math.min(ay, by) - reach, Math.max(ay, by) + reach];
  const last = Math.min(width - 1, Math.floor(right));
  for (let y = Math.max(0, Math.floor(top)); y <= Math.min(height - 1, Math.floor(bottom)); y++) {
    for (let x = Math.max(0, Math.floor(left)); x <= last; x++) {
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
      const along = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const covered = Math.min(1, Math.max(0, reach - distance)) * 255;
      const i = y * width + x;
      if (covered > coverage[i]!) coverage[i] = covered;
    }
  }
}

/** Strokes a long line in pieces: the box around a slanted line is mostly empty. */
const PIECE = 16;

function strokeRing(coverage: Uint8Array, size: MaskSize, ring: Ring, half: number): void {
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [ax, ay] = [ring[j]!, ring[j + 1]!];
    const [bx, by] = [ring[i]!, ring[i + 1]!];
    const pieces = Math.max(1, Math.ceil(Math.hypot(bx - ax, by - ay) / PIECE));
    const [dx, dy] = [(bx - ax) / pieces, (by - ay) / pieces];
    for (let k = 0; k < pieces; k++) {
      const [x, y] = [ax + k * dx, ay + k * dy];
      strokeLine(coverage, size, [x, y, x + dx, y + dy], half);
    }
  }
}

/**
 * Strokes outlines, with smooth edges.
 * @param width width of the lines, in pixels
 * @returns uint8 [height, width], 255 for pixels that are covered entirely
 */
export function strokeCoverage(
  polygons: readonly Polygon[],
  size: MaskSize,
  width: number,
): Uint8Array {
  const coverage = new Uint8Array(size.width * size.height);
  for (const ring of ringsOf(polygons)) strokeRing(coverage, size, ring, width / 2);
  return coverage;
}
