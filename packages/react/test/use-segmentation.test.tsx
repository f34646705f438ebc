import { ClipSegError, type Prompt } from '@clipseg/core';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import { type ReactNode, StrictMode } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  ClipSegProvider,
  type UseSegmentationOptions,
  useClipSeg,
  useEncodedImage,
  useSegmentation,
} from '../src/index.js';
import { type Counts, countingAdapter, scene } from './support/adapter.js';

let adapter: ReturnType<typeof countingAdapter>;
let counts: Counts;
beforeEach(() => {
  adapter = countingAdapter();
  counts = adapter.counts;
});
afterEach(async () => {
  cleanup();
  await waitFor(() => expect(counts.disposed).toBe(counts.created));
});
function wrapper({ children }: { children: ReactNode }) {
  return (
    <StrictMode>
      <ClipSegProvider create={adapter.create} keepAlive={10}>
        {children}
      </ClipSegProvider>
    </StrictMode>
  );
}

interface Props {
  image: unknown;
  prompts: Prompt | readonly Prompt[] | undefined;
  options?: UseSegmentationOptions;
}
const segmentation = (initialProps: Props) =>
  renderHook(({ image, prompts, options }: Props) => useSegmentation(image, prompts, options), {
    wrapper,
    initialProps,
  });
const [first, second] = [scene('000.png'), scene('001.png')];

it('encodes an image once and prompts it often', async () => {
  const { result, rerender } = segmentation({ image: first, prompts: 'teapot' });
  expect(result.current.status).toBe('idle');
  await waitFor(() => expect(result.current.status).toBe('ready'));
  expect(result.current.segmentation?.segments[0]?.label).toBe('teapot');
  rerender({ image: first, prompts: ['pill', 'teapot'] });
  expect(result.current.status).toBe('pending');
  expect(result.current.segmentation?.segments).toHaveLength(1); // the previous result stays
  await waitFor(() => expect(result.current.segmentation?.segments).toHaveLength(2));
  expect(counts.encoded).toBe(1);
});

it('does nothing for equal or blank prompts', async () => {
  const { result, rerender } = segmentation({ image: first, prompts: ['teapot', ' '] });
  await waitFor(() => expect(result.current.status).toBe('ready'));
  const before = counts.segmented.length;
  rerender({ image: first, prompts: ['teapot', ''] });
  rerender({ image: first, prompts: 'teapot' });
  expect(result.current.status).toBe('ready');
  expect(counts.segmented).toHaveLength(before);
  rerender({ image: first, prompts: ' ' });
  expect(result.current).toMatchObject({ status: 'idle', segmentation: undefined });
});

it('decodes only the last of the prompts that arrive while others are decoded', async () => {
  const { result, rerender } = segmentation({ image: first, prompts: 'teapot' });
  await waitFor(() => expect(result.current.status).toBe('ready'));
  const before = counts.segmented.length;
  for (const prompts of ['a', 'ab', 'abc', 'abcd']) rerender({ image: first, prompts });
  await waitFor(() => expect(result.current.segmentation?.segments[0]?.label).toBe('abcd'));
  expect(counts.segmented.slice(before)).toEqual(['["a"]', '["abcd"]']);
});

it('waits for a pause in typing', async () => {
  const options = { debounce: 60 };
  const { result, rerender } = segmentation({ image: first, prompts: '', options });
  for (const prompts of ['t', 'te', 'tea', 'teapot']) {
    rerender({ image: first, prompts, options });
    await act(() => new Promise((done) => setTimeout(done, 5)));
  }
  await waitFor(() => expect(result.current.status).toBe('ready'));
  expect(counts.segmented).toEqual(['["teapot"]']);
});

it('switches to another image, even while the first is being encoded', async () => {
  const { result, rerender } = segmentation({ image: first, prompts: 'pill' });
  rerender({ image: second, prompts: 'pill' });
  await waitFor(() => expect(result.current.status).toBe('ready'));
  expect(result.current.segmentation).toMatchObject({ width: 384, height: 384 });
  rerender({ image: undefined, prompts: 'pill' });
  expect(result.current.status).toBe('idle');
});

it('never returns the segmentation of another image', async () => {
  const given: unknown[] = [];
  const { result, rerender } = renderHook(
    ({ image }: { image: string }) => {
      const state = useSegmentation(image, 'pill');
      given.push([image, state.status, state.segmentation?.width]);
      return state;
    },
    { wrapper, initialProps: { image: first } },
  );
  await waitFor(() => expect(result.current.status).toBe('ready'));
  given.length = 0;
  rerender({ image: second });
  await waitFor(() => expect(result.current.status).toBe('ready'));
  expect(given[0]).toEqual([second, 'pending', undefined]);
  const width = result.current.segmentation?.width;
  for (const state of given) {
    expect([undefined, width]).toContain((state as unknown[])[2]);
    if ((state as unknown[])[1] === 'ready') expect(state).toEqual([second, 'ready', width]);
  }
});

it('subtracts negative prompts, and takes encoded images', async () => {
  const encoded = renderHook(() => useEncodedImage(first), { wrapper });
  await waitFor(() => expect(encoded.result.current.status).toBe('ready'));
  const image = encoded.result.current.image!;
  expect(image.resolution).toEqual([96, 96]);
  const { result } = segmentation({
    image,
    prompts: 'teapot',
    options: { negative: ['teapot'] },
  });
  await waitFor(() => expect(result.current.status).toBe('ready'));
  expect(result.current.segmentation?.segments[0]?.mask()).not.toContain(1);
  expect(counts.encoded).toBe(1);
});

it('reports an error of the image or the prompt, and recovers', async () => {
  const { result, rerender } = segmentation({ image: 'none.png', prompts: 'teapot' });
  await waitFor(() => expect(result.current.status).toBe('error'));
  expect(result.current.error).toMatchObject({ code: 'not-found' });
  rerender({ image: first, prompts: { mix: [] } });
  await waitFor(() => expect(result.current.error).toMatchObject({ code: 'invalid-prompt' }));
  rerender({ image: first, prompts: 'teapot' });
  await waitFor(() => expect(result.current.status).toBe('ready'));
});

it('reports that the model could not be loaded, and recovers when it is', async () => {
  let works = false;
  const { create } = adapter;
  adapter.create = (options) =>
    works ? create(options) : Promise.reject(new ClipSegError('network', 'No model.'));
  const { result } = renderHook(
    () => {
      const clipSeg = useClipSeg();
      const encoded = useEncodedImage(first, { clipSeg });
      return { clipSeg, encoded, ...useSegmentation(first, 'teapot') };
    },
    { wrapper },
  );
  await waitFor(() => expect(result.current.status).toBe('error'));
  expect(result.current.error).toMatchObject({ code: 'network' });
  expect(result.current.encoded).toMatchObject({ status: 'error', error: { code: 'network' } });
  works = true;
  await act(() => result.current.clipSeg.load());
  await waitFor(() => expect(result.current.status).toBe('ready'));
  expect(result.current.error).toBeUndefined();
});

it('uses the ClipSeg that it is given, and then loads none itself', async () => {
  const { result } = renderHook(
    () => {
      const clipSeg = useClipSeg({ dtype: 'int8', preload: false });
      return { clipSeg, ...useSegmentation(first, 'teapot', { clipSeg, resolution: 64 }) };
    },
    { wrapper },
  );
  await act(() => new Promise((done) => setTimeout(done, 30)));
  expect(counts.asked).toBe(0);
  await act(() => result.current.clipSeg.load());
  await waitFor(() => expect(result.current.status).toBe('ready'));
  expect(result.current.segmentation?.resolution).toEqual([64, 64]);
  expect(counts.asked).toBe(1);
});

it('leaves nothing behind when a component unmounts during a request', async () => {
  let open = () => {};
  adapter = countingAdapter(new Promise((done) => (open = done)));
  counts = adapter.counts;
  const { result, unmount } = segmentation({ image: first, prompts: 'teapot' });
  await waitFor(() => expect(counts.encoded).toBeGreaterThan(0));
  unmount();
  open();
  await waitFor(() => expect(counts.disposed).toBe(1));
  expect(counts.segmented).toEqual([]);
  expect(result.current.segmentation).toBeUndefined();
});

it('can be cancelled', async () => {
  const { result, rerender } = segmentation({ image: first, prompts: 'teapot' });
  await waitFor(() => expect(result.current.status).toBe('ready'));
  rerender({ image: first, prompts: 'pill' });
  act(() => result.current.cancel());
  expect(result.current.status).toBe('ready');
  expect(result.current.segmentation?.segments[0]?.label).toBe('teapot');
});
