import type { ClipSeg, EncodedImage, EncodeImageOptions } from '@clipseg/core';
import { useMemo } from 'react';
import { type UseClipSeg, useClipSeg } from './use-clip-seg.js';
import { useStable } from './use-stable.js';
import { useTask } from './use-task.js';

export interface UseEncodedImageOptions<Custom = never> {
  /** The result of `useClipSeg`. Default: the provider's ClipSeg, which this hook then loads. */
  readonly clipSeg?: UseClipSeg<Custom>;
  /** Model resolution; the model's own by default. */
  readonly resolution?: EncodeImageOptions['resolution'];
}

export interface UseEncodedImage {
  /** `idle`: no source, or no ClipSeg yet; `error`: also if the ClipSeg could not be loaded. */
  readonly status: 'idle' | 'pending' | 'ready' | 'error';
  /** For the current source, or for the previous one while `pending`. */
  readonly image: EncodedImage | undefined;
  readonly error: Error | undefined;
}

interface Input {
  readonly clipSeg: ClipSeg<unknown>;
  readonly source: unknown;
  readonly size: EncodeImageOptions['resolution'];
}

const encode = ({ clipSeg, source, size }: Input, { signal }: { signal: AbortSignal }) =>
  clipSeg.encodeImage(source, { resolution: size, signal });

/**
 * Encodes an image once: prompt it as often as you like.
 * @param source what the adapter's `encodeImage` takes, compared by identity
 */
export function useEncodedImage(
  source: unknown,
  options: UseEncodedImageOptions = {},
): UseEncodedImage {
  const standard = useClipSeg({ preload: options.clipSeg === undefined });
  const { clipSeg, error: failure } = options.clipSeg ?? standard;
  const size = useStable(options.resolution);
  const input = useMemo(
    () => (clipSeg && source != null ? { clipSeg, source, size } : undefined),
    [clipSeg, source, size],
  );
  const { status, result, error } = useTask<Input, EncodedImage>(encode, input);
  if (failure) return { status: 'error', image: undefined, error: failure };
  return { status, image: result, error };
}
