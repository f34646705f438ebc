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

export interface UseSegmentationOptions<Custom = never> extends UseEncodedImageOptions<Custom> {
  /** Prompts to subtract from every mask. */
  readonly negative?: readonly Prompt<NoInfer<Custom>>[];
  /** Milliseconds for which the prompts must not change, for text input. Default 0. */
  readonly debounce?: number;
}

export interface UseSegmentation {
  /** `idle`: no image, prompt or ClipSeg yet; `error`: also if the ClipSeg could not be loaded. */
  readonly status: 'idle' | 'pending' | 'ready' | 'error';
  /** For the current image and prompts; for the previous prompts while `pending`. */
  readonly segmentation: Segmentation | undefined;
  readonly error: Error | undefined;
  /** Stops the current request; the last segmentation stays. */
  cancel(): void;
}

interface Input {
  readonly clipSeg: ClipSeg<unknown, unknown>;
  readonly image: EncodedImage;
  readonly prompts: readonly unknown[];
  readonly negative: readonly unknown[] | undefined;
}

const segment = (
  { clipSeg, image, prompts, negative }: Input,
  { signal }: { signal: AbortSignal },
): Promise<Segmentation> => clipSeg.segment(image, prompts, { negative, signal });

function isBlank(prompt: unknown): boolean {
  const isText = typeof prompt === 'object' && prompt !== null && 'text' in prompt;
  const text = isText ? prompt.text : prompt;
  return typeof text === 'string' && text.trim() === '';
}

/**
 * Segments an image by prompts. The image is encoded once. Of prompts that arrive while others
 * are decoded, only the last are decoded.
 * @param image what the adapter's `encodeImage` takes, or an encoded image
 * @param prompts compared by value, except images, files and functions, which are compared by
 *   identity: give a masking by name, or create it outside of the component. Blank texts are
 *   ignored, so the value of a text field can be passed as it is. Prompts of custom strategies
 *   have the type of `options.clipSeg`, or are named: `useSegmentation<Swatch>(image, prompts)`
 */
export function useSegmentation<Custom = never>(
  image: unknown,
  prompts: Prompt<NoInfer<Custom>> | readonly Prompt<NoInfer<Custom>>[] | undefined,
  options: UseSegmentationOptions<Custom> = {},
): UseSegmentation {
  const standard = useClipSeg({ preload: options.clipSeg === undefined });
  const { clipSeg, error: failure } = options.clipSeg ?? standard;
  const isEncoded = isEncodedImage(image);
  const encoded = useEncodedImage(isEncoded ? undefined : image, options);
  const encodedImage = isEncoded ? image : encoded.status === 'ready' ? encoded.image : undefined;
  const list: readonly unknown[] =
    prompts === undefined ? [] : Array.isArray(prompts) ? prompts : [prompts];
  const asked = useStable(list.filter((prompt) => !isBlank(prompt)));
  const negative = useStable(options.negative);
  const input = useMemo(
    () =>
      clipSeg && encodedImage && asked.length > 0
        ? { clipSeg, image: encodedImage, prompts: asked, negative }
        : undefined,
    [clipSeg, encodedImage, asked, negative],
  );
  const task = useTask<Input, Segmentation>(segment, input, options.debounce);
  const unencoded = encoded.status === 'pending' || encoded.status === 'error';
  return {
    status: failure ? 'error' : unencoded ? encoded.status : task.status,
    segmentation: task.madeOf?.image === encodedImage ? task.result : undefined,
    error: failure ?? encoded.error ?? task.error,
    cancel: task.cancel,
  };
}
