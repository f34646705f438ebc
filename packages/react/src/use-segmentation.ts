import {
  type ClipSeg,
  type EncodedImage,
  isEncodedImage,
  type Prompt,
  type Segmentation,
} from '@clipseg/core';
import { useMemo } from 'react';
import { useClipSeg } from './use-clip-seg.js';
import { type UseEncodedImageOptions, useEncodedImage } from './use-encoded-image.js';
import { useStable } from './use-stable.js';
import { useTask } from './use-task.js';

export interface UseSegmentationOptions extends UseEncodedImageOptions {
  /** Prompts whose places are taken out of every mask. */
  readonly negative?: readonly Prompt[];
  /** Milliseconds that the prompts must stay as they are, for typing. Default 0. */
  readonly debounce?: number;
}

export interface UseSegmentation {
  /**
   * `idle`: no picture, no prompt, or no ClipSeg yet; `error` also where that could not be loaded.
   */
  readonly status: 'idle' | 'pending' | 'ready' | 'error';
  /** Of the present picture; of the present prompts, or of those before while `pending`. */
  readonly segmentation: Segmentation | undefined;
  readonly error: Error | undefined;
  /** Stops what is under way; the last segmentation stays. */
  cancel(): void;
}

interface Input {
  readonly clipSeg: ClipSeg<unknown>;
  readonly image: EncodedImage;
  readonly prompts: readonly Prompt[];
  readonly negative: readonly Prompt[] | undefined;
}

const segment = (
  { clipSeg, image, prompts, negative }: Input,
  { signal }: { signal: AbortSignal },
): Promise<Segmentation> => clipSeg.segment(image, prompts, { negative, signal });

const isBlank = (prompt: Prompt): boolean => typeof prompt === 'string' && prompt.trim() === '';

/**
 * What the prompts select. The picture is encoded once, whatever is asked of it; of prompts that
 * come while others are decoded, only the last are.
 * @param image what the adapter's `encodeImage` takes, or an encoded image
 * @param prompts known by what they hold; pictures, files and functions by identity, so masking is
 *   to be given by name, or made outside of the component. Blank texts are left out, so that what
 *   is being typed can be given as it is
 */
export function useSegmentation(
  image: unknown,
  prompts: Prompt | readonly Prompt[] | undefined,
  options: UseSegmentationOptions = {},
): UseSegmentation {
  const standard = useClipSeg({ preload: options.clipSeg === undefined });
  const { clipSeg, error: failure } = options.clipSeg ?? standard;
  const known = isEncodedImage(image);
  const encoded = useEncodedImage(known ? undefined : image, options);
  const picture = known ? image : encoded.status === 'ready' ? encoded.image : undefined;
  const list = Array.isArray(prompts) ? prompts : prompts === undefined ? [] : [prompts];
  const asked = useStable(list.filter((prompt) => !isBlank(prompt)) as readonly Prompt[]);
  const negative = useStable(options.negative);
  const input = useMemo(
    () =>
      clipSeg && picture && asked.length > 0
        ? { clipSeg, image: picture, prompts: asked, negative }
        : undefined,
    [clipSeg, picture, asked, negative],
  );
  const task = useTask<Input, Segmentation>(segment, input, options.debounce);
  const waits = encoded.status === 'pending' || encoded.status === 'error';
  return {
    status: failure ? 'error' : waits ? encoded.status : task.status,
    segmentation: task.madeOf?.image === picture ? task.result : undefined,
    error: failure ?? encoded.error ?? task.error,
    cancel: task.cancel,
  };
}
