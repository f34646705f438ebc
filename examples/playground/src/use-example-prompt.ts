import {
  type ClipSeg,
  ClipSegError,
  type ConditionalEmbedding,
  type Prompt,
  type RawImage,
  type Region,
} from '@clipseg/core';
import { useEffect, useMemo, useState } from 'react';

/** A picture that shows what to look for, and how much it counts beside a text. */
export interface Example {
  /** Of the picture, for people. */
  readonly name: string;
  readonly image: RawImage;
  readonly region?: Region;
  /** What the model sees of what is around the region. */
  readonly masking: string;
  readonly text: string;
  /** Of the picture in the mixture, 0..1. */
  readonly share: number;
}

export const EXAMPLE_LABEL = 'like the example';

interface Support {
  readonly clipSeg: ClipSeg<unknown>;
  readonly image: RawImage;
  readonly region: Region | undefined;
  readonly masking: string;
}

interface Encoded {
  readonly support: Support;
  readonly embedding?: ConditionalEmbedding;
  readonly error?: Error;
}

/** The model's view of a support; encoded anew only when picture, region or masking change. */
function useEmbedding(support: Support | undefined): Partial<Encoded> {
  const [encoded, keep] = useState<Encoded>();
  useEffect(() => {
    if (!support) return;
    const { clipSeg, image, region, masking } = support;
    const controller = new AbortController();
    const own = region ? { image, region, masking } : { image };
    clipSeg.encodePrompts([own], { signal: controller.signal }).then(
      ([prompt]) => {
        if (prompt && 'embedding' in prompt) keep({ support, embedding: prompt.embedding });
      },
      (error) => {
        if (!ClipSegError.isInstance(error) || error.code !== 'aborted') keep({ support, error });
      },
    );
    return () => controller.abort();
  }, [support]);
  return encoded && encoded.support === support ? encoded : {};
}

export interface ExamplePrompt {
  readonly prompt: Prompt | undefined;
  readonly error: Error | undefined;
}

/**
 * An example as a prompt: its embedding alone, or mixed with a text. Mixing needs no second look at
 * the example, however often its share changes.
 */
export function useExamplePrompt(
  clipSeg: ClipSeg<unknown> | undefined,
  example: Example | undefined,
): ExamplePrompt {
  const { image, region, masking = '', text = '', share = 1 } = example ?? {};
  const support = useMemo(
    () => (clipSeg && image ? { clipSeg, image, region, masking } : undefined),
    [clipSeg, image, region, masking],
  );
  const { embedding, error } = useEmbedding(support);
  const prompt = useMemo(() => {
    if (!embedding) return undefined;
    if (text.trim() === '') return { embedding, label: EXAMPLE_LABEL };
    const weights = [1 - share, share];
    return { mix: [text.trim(), { embedding }], weights, label: EXAMPLE_LABEL };
  }, [embedding, text, share]);
  return { prompt, error };
}
