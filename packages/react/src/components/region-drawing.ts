import type { Region } from '@clipseg/core';

/** A box from corner to corner, a disc from its center, an outline, or a broad line. */
export type RegionTool = 'box' | 'point' | 'lasso' | 'brush';
export type Point = readonly [x: number, y: number];

/** Returns the region that a pen's path describes; undefined if the path is too short. */
export function regionOf(
  tool: RegionTool,
  path: readonly Point[],
  lineWidth: number,
): Region | undefined {
  const [first, last] = [path[0], path.at(-1)];
  if (!first || !last) return undefined;
  const [[ax, ay], [bx, by]] = [first, last];
  if (tool === 'box') {
    const box = [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)] as const;
    return box[2] - box[0] >= 1 && box[3] - box[1] >= 1 ? { box } : undefined;
  }
  if (tool === 'point') {
    const radius = Math.max(Math.hypot(bx - ax, by - ay), lineWidth / 2);
    return { point: first, radius };
  }
  if (tool === 'lasso') return path.length >= 3 ? { polygon: path } : undefined;
  return { scribble: path, lineWidth };
}

/** Draws a region on a canvas that has the image's size. */
export function drawRegion(context: CanvasRenderingContext2D, region: Region): void {
  context.beginPath();
  if ('box' in region) {
    const [x0, y0, x1, y1] = region.box;
    context.rect(x0, y0, x1 - x0, y1 - y0);
  } else if ('point' in region) {
    context.arc(...(region.point as [number, number]), region.radius, 0, 2 * Math.PI);
  } else if ('polygon' in region || 'scribble' in region) {
    const line = 'polygon' in region ? region.polygon : region.scribble;
    for (const [x, y] of line) context.lineTo(x, y);
    if ('polygon' in region) context.closePath();
  }
  if ('scribble' in region) {
    context.lineWidth = region.lineWidth;
    [context.lineCap, context.lineJoin] = ['round', 'round'];
    if (region.scribble.length === 1) context.lineTo(...(region.scribble[0] as [number, number]));
    context.stroke();
  } else {
    context.fill();
    context.stroke();
  }
}
