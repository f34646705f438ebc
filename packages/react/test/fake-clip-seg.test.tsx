import { type FakeClipSeg, fakeClipSeg, fakeImage } from '@clipseg/core/testing';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { ClipSegProvider, SegmentationCanvas, useSegmentation } from '../src/index.js';

afterEach(cleanup);

const image = fakeImage(['cow', 'grass']);

function Masks() {
  const { segmentation, error } = useSegmentation(image, 'cow');
  if (error) return <p role="alert">{error.message}</p>;
  return <SegmentationCanvas image={image} segmentation={segmentation} />;
}

it('an app can be tested without weights', async () => {
  let clipSeg: FakeClipSeg | undefined;
  const create = async () => {
    clipSeg = await fakeClipSeg();
    return clipSeg;
  };
  render(
    <ClipSegProvider create={create}>
      <Masks />
    </ClipSegProvider>,
  );
  await screen.findByRole('img', { name: /cow, 50 %/ });
  expect(clipSeg?.calls.map(({ method }) => method)).toContain('encodeImage');
});

it('an app can be tested with a ClipSeg that fails', async () => {
  const failing = () =>
    fakeClipSeg({
      onCall() {
        throw new Error('no GPU');
      },
    });
  render(
    <ClipSegProvider create={failing}>
      <Masks />
    </ClipSegProvider>,
  );
  expect((await screen.findByRole('alert')).textContent).toBe('no GPU');
});
