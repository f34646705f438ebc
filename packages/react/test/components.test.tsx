import { createSegmentation, type RawImage, type Region } from '@clipseg/core';
import type { ProcessedSegment } from '@clipseg/core/postprocess';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { renderToString } from 'react-dom/server';
import { afterEach, describe, expect, it } from 'vitest';
import {
  DownloadProgress,
  PromptInput,
  RegionPicker,
  type RegionTool,
  SegmentationCanvas,
  type UseClipSeg,
} from '../src/index.js';

afterEach(cleanup);

const [width, height] = [80, 60];
const image: RawImage = {
  width,
  height,
  channels: 3,
  data: new Uint8Array(width * height * 3).fill(90),
};

describe('PromptInput', () => {
  it('reports prompts, and shows the position of a syntax error', () => {
    const prompts: unknown[] = [];
    render(<PromptInput aria-label="what" onPrompt={(prompt) => prompts.push(prompt)} />);
    const input = screen.getByRole<HTMLInputElement>('textbox', { name: 'what' });
    fireEvent.change(input, { target: { value: 'a cat' } });
    expect(screen.queryByRole('alert')).toBeNull();
    fireEvent.change(input, { target: { value: 'cat AND (' } });
    expect(prompts).toEqual(['a cat', undefined]);
    const alert = screen.getByRole('alert');
    expect(alert.textContent?.split('\n').slice(1)).toEqual(['  cat AND (', '           ^']);
    expect(input.getAttribute('aria-invalid')).toBe('true');
    expect(input.getAttribute('aria-describedby')).toBe(alert.id);
    expect(alert.tabIndex).toBe(0); // keys can scroll it
    fireEvent.change(input, { target: { value: 'cat AND (dog)' } });
    expect(prompts.at(-1)).toMatchObject({ label: 'cat AND (dog)' });
  });

  it('can be controlled', () => {
    const { rerender } = render(<PromptInput value="cat" />);
    fireEvent.change(screen.getByRole('textbox'), { target: { value: 'dog' } });
    expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('cat');
    rerender(<PromptInput value="dog" />);
    expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('dog');
  });
});

describe('DownloadProgress', () => {
  const loading = (progress?: UseClipSeg['progress']) =>
    ({ status: 'loading', progress }) as UseClipSeg;
  const part = { stage: 'download', file: 'vision.onnx', loadedBytes: 5e6, totalBytes: 2e7 };

  it('shows the progress of the current file', () => {
    const { rerender } = render(<DownloadProgress clipSeg={loading()} />);
    expect(screen.getByRole('progressbar').getAttribute('value')).toBeNull();
    rerender(<DownloadProgress clipSeg={loading(part)} className="bar" />);
    const bar = screen.getByRole('progressbar', { name: 'download vision.onnx' });
    expect([bar.getAttribute('value'), bar.getAttribute('max')]).toEqual(['5000000', '20000000']);
    expect(screen.getByRole('status').textContent).toBe('5.0 of 20.0 MB');
    expect(screen.getByRole('status').className).toBe('bar');
  });

  it('shows the total of all files if the adapter reports it', () => {
    const overall = { loadedBytes: 1e7, totalBytes: 4e7 };
    render(<DownloadProgress clipSeg={loading({ ...part, overall })} />);
    expect(screen.getByRole('status').textContent).toBe('10.0 of 40.0 MB');
  });

  it('renders nothing when nothing is loading', () => {
    const { container } = render(<DownloadProgress clipSeg={{ status: 'ready' } as UseClipSeg} />);
    expect(container.innerHTML).toBe('');
  });
});

describe('SegmentationCanvas', () => {
  const segment = (prompt: string, end: number): ProcessedSegment => ({
    label: prompt,
    width,
    height,
    threshold: 0.5,
    mask: () => Uint8Array.from({ length: width * height }, (_, i) => (i % width < end ? 1 : 0)),
  });
  const segments = [segment('wall', 80), segment('cat', 20)];
  /** The left half matches "cat", the right half does not. */
  const segmentation = createSegmentation({
    width,
    height,
    resolution: [2, 2],
    timings: {},
    maps: [Float32Array.of(9, -9, 9, -9)],
    prompts: [{ label: 'cat', compose: { op: 'prompt', prompt: 0 } }],
  });
  const button = (name: string) => screen.getByRole('button', { name });
  const state = (name: string) => [
    button(name).getAttribute('aria-pressed'),
    button(name).getAttribute('data-active'),
  ];

  it('uses the threshold 0.5 if no segments are given', () => {
    const { rerender } = render(<SegmentationCanvas image={image} segmentation={segmentation} />);
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe('image with cat, 50 %');
    const props = { image, segments, segmentation };
    rerender(<SegmentationCanvas {...props} />);
    expect(screen.getByRole('img').getAttribute('aria-label')).toContain('wall, 100 %');
    rerender(<SegmentationCanvas image={image} />);
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe('image');
  });

  it('lists its segments, and selects them by pointer and keyboard', () => {
    const chosen: unknown[] = [];
    render(
      <SegmentationCanvas image={image} segments={segments} onSelect={(i) => chosen.push(i)} />,
    );
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe(
      'image with wall, 100 %; cat, 25 %',
    );
    act(() => button('cat').focus());
    expect([state('wall'), state('cat')]).toEqual([
      ['false', 'false'],
      ['false', 'true'],
    ]);
    fireEvent.click(button('cat'));
    expect(state('cat')).toEqual(['true', 'true']);
    fireEvent.click(button('cat'));
    expect(chosen).toEqual([1, undefined]);
    act(() => button('cat').blur());
    expect(state('cat')).toEqual(['false', 'false']);
  });

  it('finds the smallest segment under the pointer', () => {
    render(<SegmentationCanvas image={image} segments={segments} />);
    const canvas = screen.getByRole<HTMLCanvasElement>('img');
    [canvas.width, canvas.height] = [width, height];
    canvas.getBoundingClientRect = () => ({ left: 10, top: 0, width: 40, height: 30 }) as DOMRect;
    fireEvent.pointerMove(canvas, { clientX: 15, clientY: 5 }); // x = 10 of 80
    expect(state('cat')[1]).toBe('true');
    fireEvent.pointerMove(canvas, { clientX: 30, clientY: 5 }); // x = 40
    expect(state('wall')[1]).toBe('true');
    fireEvent.click(canvas, { clientX: 30, clientY: 5 });
    fireEvent.pointerLeave(canvas);
    expect(state('wall')).toEqual(['true', 'true']);
    fireEvent.pointerMove(canvas, { clientX: 500, clientY: 5 }); // outside the image
    expect(state('wall')).toEqual(['true', 'true']);
  });

  it('renders on a server', () => {
    const markup = renderToString(<SegmentationCanvas image={image} segments={segments} />);
    expect(markup).toContain('--clipseg-color:rgb(0,114,178)');
  });
});

describe('RegionPicker', () => {
  const picked = (tool: RegionTool, lineWidth?: number) => {
    const regions: (Region | undefined)[] = [];
    render(
      <RegionPicker
        image={image}
        tool={tool}
        lineWidth={lineWidth}
        onRegion={(region) => regions.push(region)}
      />,
    );
    const area = screen.getByRole('application');
    const canvas = area.querySelector('canvas')!;
    [canvas.width, canvas.height] = [width, height];
    canvas.getBoundingClientRect = () => ({ left: 0, top: 0, width, height }) as DOMRect;
    canvas.setPointerCapture = () => {};
    const pen = (type: 'pointerDown' | 'pointerMove' | 'pointerUp', x = 0, y = 0) =>
      fireEvent[type](canvas, { clientX: x, clientY: y, pointerId: 1 });
    return { regions, area, pen };
  };

  it.each<[RegionTool, Region]>([
    ['box', { box: [10, 20, 30, 40] }],
    ['point', { point: [30, 20], radius: Math.hypot(20, 20) }],
    [
      'brush',
      {
        scribble: [
          [30, 20],
          [20, 30],
          [10, 40],
        ],
        lineWidth: 6,
      },
    ],
    [
      'lasso',
      {
        polygon: [
          [30, 20],
          [20, 30],
          [10, 40],
        ],
      },
    ],
  ])('draws a %s with the pointer', (tool, region) => {
    const { regions, pen } = picked(tool, 6);
    pen('pointerMove', 1, 1); // before the pen is down
    pen('pointerDown', 30, 20);
    pen('pointerMove', 20, 30);
    pen('pointerMove', 10, 40);
    pen('pointerUp');
    expect(regions).toEqual([region]);
  });

  it('draws with the keyboard', () => {
    const { regions, area } = picked('box');
    const key = (name: string, shiftKey = false) =>
      fireEvent.keyDown(area, { key: name, shiftKey });
    key(' ');
    for (let i = 0; i < 5; i++) key('ArrowRight');
    key('ArrowDown', true);
    key(' ');
    expect(regions).toEqual([{ box: [40, 30, 50, 31] }]);
    key('Enter');
    key('ArrowLeft');
    key('Escape');
    key(' ');
    key(' ');
    expect(regions).toHaveLength(2);
    expect(regions[1]).toBeUndefined(); // an empty box
  });

  it('clips the region to the image', () => {
    const { regions, pen } = picked('box');
    pen('pointerDown', -50, 10);
    pen('pointerMove', 500, 500);
    pen('pointerUp');
    expect(regions).toEqual([{ box: [0, 10, width, height] }]);
  });
});
