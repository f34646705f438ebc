import type { RawImage } from '../../contracts/image.js';
import type { MaskDraft, PostProcessContext } from '../../contracts/post-processor.js';
import { aboveProbability } from '../../maps/scores.js';
import { ClipSegError } from '../../util/errors.js';

/** Where nothing else was said. */
const DEFAULT_THRESHOLD = 0.5;

/** The draft with its mask; cut at a half where it was not cut yet. */
export function cut(draft: MaskDraft): MaskDraft & { readonly mask: Uint8Array } {
  if (draft.mask) return draft as MaskDraft & { readonly mask: Uint8Array };
  const mask = aboveProbability(draft.scores, DEFAULT_THRESHOLD);
  return { ...draft, mask, threshold: DEFAULT_THRESHOLD };
}

/** The draft with another mask; what was made from the old one is left out. */
export function withMask(draft: MaskDraft, mask: Uint8Array): MaskDraft {
  const { alpha: _, instances: __, ...rest } = draft;
  return { ...rest, mask };
}

/** @throws ClipSegError `invalid-argument` where no picture was given */
export function imageOf({ image }: PostProcessContext): RawImage {
  if (image) return image;
  throw new ClipSegError(
    'invalid-argument',
    'needs the picture: give it as { image }, decoded, at source size.',
  );
}
