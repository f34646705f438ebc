import type { MaskSize } from '../raster/mask.js';
import type { Color, RgbaImage } from './picture.js';
import { drawText, fillPanel, fitText, textWidth } from './text.js';

export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';
export const corners: readonly Corner[] = ['top-left', 'top-right', 'bottom-left', 'bottom-right'];

export interface LegendEntry {
  readonly label: string;
  readonly color: Color;
}

const panel = { color: [20, 22, 28] as Color, opacity: 0.72 };
const ink: Color = [255, 255, 255];

/** Margin around a panel, as a share of the font size. */
export const MARGIN = 0.8;

/** Returns sizes that suit an image, in pixels. */
export function legendSizes({ width, height }: MaskSize) {
  const font = Math.min(64, Math.max(11, Math.sqrt(width * height) / 34));
  return { font, line: font * 1.5, padding: font * 0.6, swatch: font * 0.85, gap: font * 0.5 };
}

/** Returns the upper left corner of a panel. */
export function placePanel(
  { width, height }: MaskSize,
  corner: Corner,
  [panelWidth, panelHeight]: readonly [number, number],
  margin: number,
): [x: number, y: number] {
  return [
    corner.endsWith('left') ? margin : width - margin - panelWidth,
    corner.startsWith('top') ? margin : height - margin - panelHeight,
  ];
}

export function drawPanel(
  image: RgbaImage,
  [x, y]: readonly [number, number],
  [width, height]: readonly [number, number],
  radius: number,
): void {
  fillPanel(image, [x, y, x + width, y + height], { radius, ...panel });
}

/** Cuts the texts to the available space, and measures them. */
function layOut(size: MaskSize, entries: readonly LegendEntry[]) {
  const { font, line, padding, swatch, gap } = legendSizes(size);
  const room = size.width - 2 * font - 2 * padding - swatch - gap;
  const rows = Math.floor((size.height - 2 * font - 2 * padding) / line);
  if (room < 2 * font || rows < 1 || entries.length === 0) return { labels: [], panel: [0, 0] };
  const shown = entries.length <= rows ? entries : entries.slice(0, rows - 1);
  const labels = shown.map(({ label }) => fitText(label, font, room));
  if (shown.length < entries.length) labels.push(`and ${entries.length - shown.length} more`);
  const widest = Math.max(...labels.map((label) => textWidth(label, font)));
  return {
    labels,
    panel: [2 * padding + swatch + gap + widest, 2 * padding + labels.length * line],
  };
}

/** Returns the size of the legend with its margin, in pixels. */
export function legendSize(
  size: MaskSize,
  entries: readonly LegendEntry[],
): [width: number, height: number] {
  const { font } = legendSizes(size);
  const [width = 0, height = 0] = layOut(size, entries).panel;
  return [width + font, height + font];
}

/**
 * Draws names and colors on a dark panel in a corner. Entries that do not fit are counted; an image
 * that is too small for one entry gets no legend.
 */
export function drawLegend(
  image: RgbaImage,
  entries: readonly LegendEntry[],
  corner: Corner,
): void {
  const { font, line, padding, swatch, gap } = legendSizes(image);
  const { labels, panel: size } = layOut(image, entries);
  if (labels.length === 0) return;
  const [width, height] = size as [number, number];
  const [x, y] = placePanel(image, corner, [width, height], font * MARGIN);
  drawPanel(image, [x, y], [width, height], font * 0.45);
  for (const [i, label] of labels.entries()) {
    const middle = y + padding + (i + 0.5) * line;
    const left = x + padding;
    const entry = entries[i];
    if (entry && (i < labels.length - 1 || labels.length === entries.length)) {
      const box = [left, middle - swatch / 2, left + swatch, middle + swatch / 2] as const;
      fillPanel(image, box, { radius: swatch * 0.25, color: entry.color, opacity: 1 });
    }
    drawText(image, label, [left + swatch + gap, middle + font * 0.355], font, ink);
  }
}
