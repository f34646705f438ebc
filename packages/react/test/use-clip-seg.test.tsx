import { ClipSegError } from '@clipseg/core';
import { act, cleanup, render, renderHook, screen, waitFor } from '@testing-library/react';
import { Component, type ReactNode, StrictMode, Suspense, useState } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ClipSegProvider,
  type ClipSegProviderProps,
  type UseClipSegOptions,
  useClipSeg,
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

const wrapper =
  (props: Partial<ClipSegProviderProps> = {}) =>
  ({ children }: { children: ReactNode }) => (
    <ClipSegProvider create={adapter.create} keepAlive={10} {...props}>
      {children}
    </ClipSegProvider>
  );
const Status = ({ name = 'status', ...options }: UseClipSegOptions & { name?: string }) => (
  <output data-testid={name}>{useClipSeg(options).status}</output>
);
function Two() {
  const [second, setSecond] = useState(false);
  return (
    <>
      <Status dtype="fp32" name="a" />
      {second && <Status dtype="fp32" name="b" />}
      <Status dtype="int8" name="c" />
      <button type="button" onClick={() => setSecond((shown) => !shown)} />
    </>
  );
}

class Boundary extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};
  static getDerivedStateFromError = (error: Error) => ({ error });
  override render() {
    const { error } = this.state;
    return error ? <p role="alert">{error.message}</p> : this.props.children;
  }
}
const Device = () => <output>{useClipSeg({ suspense: true }).device?.backend}</output>;
const page = (
  <Boundary>
    <Suspense fallback={<p>loading</p>}>
      <Device />
    </Suspense>
  </Boundary>
);

const status = (name = 'status') => screen.getByTestId(name).textContent;

describe('loading', () => {
  it('starts when the first component mounts, and ends when the last unmounts', async () => {
    const { unmount } = render(<Status />, { wrapper: wrapper() });
    expect(status()).toBe('loading');
    await waitFor(() => expect(status()).toBe('ready'));
    expect(counts.asked).toBe(1);
    unmount();
    await waitFor(() => expect(counts.disposed).toBe(1));
  });

  it('happens once for all components with the same options', async () => {
    render(<Two />, { wrapper: wrapper() });
    await waitFor(() => expect([status('a'), status('c')]).toEqual(['ready', 'ready']));
    act(() => screen.getByRole('button').click());
    expect(status('b')).toBe('ready');
    expect(counts.asked).toBe(2);
    act(() => screen.getByRole('button').click());
    await new Promise((done) => setTimeout(done, 50));
    expect(counts.disposed).toBe(0); // a still uses it
  });

  it('happens once in StrictMode, which mounts twice', async () => {
    const Wrapper = wrapper();
    render(
      <StrictMode>
        <Wrapper>
          <Status />
        </Wrapper>
      </StrictMode>,
    );
    await waitFor(() => expect(status()).toBe('ready'));
    expect(counts).toMatchObject({ asked: 1, disposed: 0 });
  });

  it('reports progress and the device', async () => {
    const seen: unknown[] = [];
    const create = async (options: Parameters<typeof adapter.create>[0]) => {
      const progress = { stage: 'download', file: 'a', loadedBytes: 1, totalBytes: 2 };
      options?.onProgress?.(progress);
      return adapter.create(options);
    };
    const { result } = renderHook(
      () => {
        const clipSeg = useClipSeg();
        seen.push(clipSeg.progress?.file);
        return clipSeg;
      },
      { wrapper: wrapper({ create }) },
    );
    await waitFor(() => expect(result.current.status).toBe('ready'));
    expect(seen).toContain('a');
    expect(result.current.device).toMatchObject({
      backend: 'onnxruntime-node/cpu',
      graphs: { visionEncoder: 'cpu', textEncoder: 'cpu', decoder: 'cpu' },
    });
  });

  it('waits for load if preload is false; segment loads by itself', async () => {
    const { result } = renderHook(() => useClipSeg({ preload: false }), { wrapper: wrapper() });
    await act(() => new Promise((done) => setTimeout(done, 30)));
    expect(result.current.status).toBe('idle');
    expect(counts.asked).toBe(0);
    const { segments } = await act(() =>
      result.current.segment(scene('000.png'), 'teapot', { resolution: 96 }),
    );
    expect(segments).toHaveLength(1);
    expect(result.current.status).toBe('ready');
  });

  it('stops when every component unmounts, or when it is cancelled', async () => {
    const signals: AbortSignal[] = [];
    const create = (options: Parameters<typeof adapter.create>[0]) => {
      signals.push(options?.signal as AbortSignal);
      return adapter.create(options);
    };
    const { unmount } = render(<Status />, { wrapper: wrapper({ create, keepAlive: 0 }) });
    await act(async () => {});
    unmount();
    await waitFor(() => expect(signals[0]?.aborted).toBe(true));

    const { result } = renderHook(() => useClipSeg({ preload: false }), {
      wrapper: wrapper({ create }),
    });
    const loading = result.current.load();
    await act(async () => result.current.cancel());
    await expect(loading).rejects.toMatchObject({ code: 'aborted' });
    expect(result.current.status).toBe('idle');
    expect(signals).toHaveLength(2);
  });

  it('reports an error, and can be retried', async () => {
    let fails = true;
    const create = (options: Parameters<typeof adapter.create>[0]) =>
      fails
        ? Promise.reject(new ClipSegError('network', 'No connection.'))
        : adapter.create(options);
    const { result } = renderHook(() => useClipSeg(), { wrapper: wrapper({ create }) });
    await waitFor(() => expect(result.current.status).toBe('error'));
    expect(result.current.error).toMatchObject({ code: 'network' });
    fails = false;
    await act(() => result.current.load());
    expect(result.current).toMatchObject({ status: 'ready', error: undefined });
  });

  it('follows a change of options', async () => {
    const { result, rerender } = renderHook(({ dtype }) => useClipSeg({ dtype }), {
      wrapper: wrapper({ options: { model: 'mini' } }),
      initialProps: { dtype: 'fp32' },
    });
    await waitFor(() => expect(result.current.clipSeg?.model.dtype).toBe('fp32'));
    rerender({ dtype: 'int8' });
    expect(result.current.clipSeg).toBeUndefined();
    await waitFor(() => expect(result.current.clipSeg?.model.dtype).toBe('int8'));
    await waitFor(() => expect(counts.disposed).toBe(1));
  });
});

describe('suspense', () => {
  it('shows the fallback while loading', async () => {
    render(page, { wrapper: wrapper() });
    expect(screen.getByText('loading')).toBeTruthy();
    expect(await screen.findByText('onnxruntime-node/cpu')).toBeTruthy();
    expect(counts.asked).toBe(1);
  });

  it('throws a load error to the error boundary', async () => {
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => {});
    const create = () => Promise.reject(new ClipSegError('network', 'No connection.'));
    render(page, { wrapper: wrapper({ create }) });
    expect((await screen.findByRole('alert')).textContent).toBe('No connection.');
    quiet.mockRestore();
  });
});

describe('without a browser or a provider', () => {
  it('renders on a server without loading', () => {
    const Wrapper = wrapper();
    expect(
      renderToString(
        <Wrapper>
          <Status />
        </Wrapper>,
      ),
    ).toContain('>idle<');
    expect(counts.asked).toBe(0);
  });

  it('reports a missing provider', () => {
    const quiet = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(() => renderHook(() => useClipSeg())).toThrow(/<ClipSegProvider create=/);
    quiet.mockRestore();
  });
});
