import type { RawImage } from '@clipseg/core';
import { useDecoder } from './clip-seg-provider.js';
import { type Task, useTask } from './use-task.js';

export interface UseRawImage {
  readonly status: Task<unknown, RawImage>['status'];
  /** The pixels of the current source. */
  readonly image: RawImage | undefined;
  readonly error: Error | undefined;
}

/**
 * Decodes an image to pixels, for `useMask` and `SegmentationCanvas`.
 * @param source what the provider's `decode` takes, compared by identity
 */
export function useRawImage(source: unknown): UseRawImage {
  const decode = useDecoder();
  const { status, result, error } = useTask<unknown, RawImage>(decode, source ?? undefined);
  return { status, image: status === 'ready' ? result : undefined, error };
}
