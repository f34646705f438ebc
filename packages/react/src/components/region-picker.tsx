import type { RawImage, Region } from '@clipseg/core';
import { type ComponentProps, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { drawImage, pointOn } from './draw-image.js';
import { drawRegion, type Point, type RegionTool, regionOf } from './region-drawing.js';

export interface RegionPickerProps extends Omit<ComponentProps<'div'>, 'children'> {
  /** The support image's pixels. */
  readonly image: RawImage;
  /** Default `box`. */
  readonly tool?: RegionTool;
  /** Width of the brush, in source pixels. Default: 1/20 of the longer side. */
  readonly lineWidth?: number;
  /** The region to show: usually the last one that `onRegion` reported. */
  readonly region?: Region;
  /** Called when the pen is lifted; with undefined if nothing was drawn. */
  readonly onRegion?: (region: Region | undefined) => void;
}

const HELP = 'Arrow keys move the pen, with Shift by one pixel; Space starts a line and ends it.';
const steps: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * Lets the user draw a region on a support image. Both the pointer and the keyboard move a pen,
 * which is set down, moved and lifted.
 */
export function RegionPicker(props: RegionPickerProps) {
  const { image, tool = 'box', region, onRegion, ...rest } = props;
  const { lineWidth = Math.max(image.width, image.height) / 20, ...area } = rest;
  const canvas = useRef<HTMLCanvasElement>(null);
  /** The pen's path since it was set down. */
  const [path, setPath] = useState<readonly Point[]>([]);
  const [pen, setPen] = useState<Point>();
  const drawing = path.length > 0;

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!canvas.current || !context) return;
    drawImage(canvas.current, image);
    const shown = drawing ? regionOf(tool, path, lineWidth) : region;
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
  }, [image, region, tool, lineWidth, path, drawing, pen]);

  const inside = ([x, y]: Point): Point => [
    Math.min(image.width, Math.max(0, x)),
    Math.min(image.height, Math.max(0, y)),
  ];
  const lift = () => {
    if (drawing) onRegion?.(regionOf(tool, path, lineWidth));
    setPath([]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = pen ?? [image.width / 2, image.height / 2];
    const step = steps[event.key];
    if (step) {
      const far = event.shiftKey ? 1 : Math.max(1, Math.round(image.width / 40));
      const next = inside([at[0] + far * step[0], at[1] + far * step[1]]);
      setPen(next);
      if (drawing) setPath([...path, next]);
    } else if (event.key === ' ' || event.key === 'Enter') {
      setPen(at);
      if (drawing) lift();
      else setPath([at]);
    } else if (event.key === 'Escape') setPath([]);
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
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the drawing area takes keys
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => setPen(undefined)}
      {...area}
    >
      <canvas
        ref={canvas}
        style={{ touchAction: 'none' }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setPen(undefined);
          setPath([from(event)]);
        }}
        onPointerMove={(event) => drawing && setPath([...path, from(event)])}
        onPointerUp={lift}
        onPointerCancel={() => setPath([])}
      />
    </div>
  );
}
