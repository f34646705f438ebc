import type { RawImage, Region } from '@clipseg/core';
import { type ComponentProps, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { drawImage, pointOn } from './draw-image.js';
import { drawRegion, type Point, type RegionTool, regionOf } from './region-drawing.js';

export interface RegionPickerProps extends Omit<ComponentProps<'div'>, 'children'> {
  /** The support picture's pixels. */
  readonly image: RawImage;
  /** Default `box`. */
  readonly tool?: RegionTool;
  /** Of the brush, in source pixels. Default: 1/20 of the longer side. */
  readonly lineWidth?: number;
  /** What is shown: mostly what `onRegion` was called with. */
  readonly region?: Region;
  /** Called when the pen is lifted; undefined when nothing was drawn. */
  readonly onRegion?: (region: Region | undefined) => void;
}

const HELP =
  'Arrow keys move the pen, with Shift in single pixels; Space sets it down and lifts it.';
const steps: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * Draws a region on a support picture, with the pointer or the keyboard: both move a pen, which is
 * set down, moved and lifted.
 */
export function RegionPicker(props: RegionPickerProps) {
  const { image, tool = 'box', region, onRegion, ...rest } = props;
  const { lineWidth = Math.max(image.width, image.height) / 20, ...area } = rest;
  const canvas = useRef<HTMLCanvasElement>(null);
  /** Where the pen has been since it was set down. */
  const [way, draw] = useState<readonly Point[]>([]);
  const [pen, move] = useState<Point>();
  const drawing = way.length > 0;

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!canvas.current || !context) return;
    drawImage(canvas.current, image);
    const shown = drawing ? regionOf(tool, way, lineWidth) : region;
    const thin = Math.max(image.width, image.height) / 250;
    context.fillStyle = 'rgba(230, 90, 20, 0.35)';
    context.strokeStyle =
      shown && 'scribble' in shown ? 'rgba(230, 90, 20, 0.5)' : 'rgb(230, 90, 20)';
    context.lineWidth = thin;
    if (shown) drawRegion(context, shown);
    if (pen) {
      context.lineWidth = thin;
      context.strokeStyle = 'rgb(0, 114, 178)';
      drawRegion(context, { point: pen, radius: tool === 'brush' ? lineWidth / 2 : 3 * thin });
    }
  }, [image, region, tool, lineWidth, way, drawing, pen]);

  const inside = ([x, y]: Point): Point => [
    Math.min(image.width, Math.max(0, x)),
    Math.min(image.height, Math.max(0, y)),
  ];
  const lift = () => {
    if (drawing) onRegion?.(regionOf(tool, way, lineWidth));
    draw([]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = pen ?? [image.width / 2, image.height / 2];
    const step = steps[event.key];
    if (step) {
      const far = event.shiftKey ? 1 : Math.max(1, Math.round(image.width / 40));
      const next = inside([at[0] + far * step[0], at[1] + far * step[1]]);
      move(next);
      if (drawing) draw([...way, next]);
    } else if (event.key === ' ' || event.key === 'Enter') {
      move(at);
      if (drawing) lift();
      else draw([at]);
    } else if (event.key === 'Escape') draw([]);
    else return;
    event.preventDefault();
  };
  const from = (event: { clientX: number; clientY: number }): Point =>
    inside(pointOn(canvas.current!, event));
  return (
    <div
      data-clipseg="region-picker"
      role="application"
      aria-label="region of the example"
      aria-roledescription="drawing area"
      aria-description={HELP}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => move(undefined)}
      {...area}
    >
      <canvas
        ref={canvas}
        style={{ touchAction: 'none' }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          move(undefined);
          draw([from(event)]);
        }}
        onPointerMove={(event) => drawing && draw([...way, from(event)])}
        onPointerUp={lift}
        onPointerCancel={() => draw([])}
      />
    </div>
  );
}
