import { type ClipSeg, ClipSegError, type Prompt, type RawImage, type Region } from '@clipseg/core';
import type { ConditionalEmbedding } from '@clipseg/core/prompts';
import { useEffect, useMemo, useState } from 'react';

/** An image that shows what to look for, and its weight in a mixture with a text. */
export interface Example {
  /** The image's name in the user interface. */
  readonly name: string;
  readonly image: RawImage;
  readonly region?: Region;
  /** How the background of the region is shown to the model. */
  readonly masking: string;
  readonly text: string;
  /** Weight of the image in the mixture, 0..1. */
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

/** Encodes a support, again only if the image, the region or the masking changes. */
function useEmbedding(support: Support | undefined): Partial<Encoded> {
  const [encoded, setEncoded] = useState<Encoded>();
  useEffect(() => {
    if (!support) return;
    const { clipSeg, image, region, masking } = support;
    const controller = new AbortController();
    const prompt = region ? { image, region, masking } : { image };
    clipSeg.encodePrompts([prompt], { signal: controller.signal }).then(
      ([encodedPrompt]) => {
        if (encodedPrompt && 'embedding' in encodedPrompt)
          setEncoded({ support, embedding: encodedPrompt.embedding });
      },
      (error) => {
        if (!ClipSegError.isInstance(error) || error.code !== 'aborted')
          setEncoded({ support, error });
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
 * Turns an example into a prompt: its embedding alone, or mixed with a text. The mixture does not
 * encode the example again when its weight changes.
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
