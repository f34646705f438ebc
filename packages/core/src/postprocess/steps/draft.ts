import type { RawImage } from '../../contracts/image.js';
import type { MaskDraft, PostProcessContext } from '../../contracts/post-processor.js';
import { aboveProbability } from '../../maps/scores.js';
import { ClipSegError } from '../../util/errors.js';

/** The threshold of drafts that no step has cut. */
const DEFAULT_THRESHOLD = 0.5;

/** Returns the draft with its mask, which is cut at 0.5 if no step has cut it. */
export function cut(draft: MaskDraft): MaskDraft & { readonly mask: Uint8Array } {
  if (draft.mask) return draft as MaskDraft & { readonly mask: Uint8Array };
  const mask = aboveProbability(draft.scores, DEFAULT_THRESHOLD);
  return { ...draft, mask, threshold: DEFAULT_THRESHOLD };
}

/** Returns the draft with another mask, without alpha and instances of the old one. */
export function withMask(draft: MaskDraft, mask: Uint8Array): MaskDraft {
  const { alpha: _, instances: __, ...rest } = draft;
  return { ...rest, mask };
}

/** @throws ClipSegError `invalid-argument` without an image */
export function imageOf({ image }: PostProcessContext): RawImage {
  if (image) return image;
  throw new ClipSegError(
    'invalid-argument',
    'needs the picture: give it as { image }, decoded, at source size.',
  );
}
