import type { UseClipSeg } from '@clipseg/react';
import type { WebClipSeg } from '@clipseg/web';
import { useEffect, useState } from 'react';
import type { ModelChoice } from './model-choice.js';
import { keepForOffline } from './offline.js';

/** Whether the next visit needs no network. */
export function useOffline({ clipSeg }: UseClipSeg, { kind }: ModelChoice): boolean {
  const [kept, keep] = useState(false);
  useEffect(() => {
    if (!clipSeg || kind !== 'embedded') return;
    keepForOffline((clipSeg as WebClipSeg).device.dtype).then(keep);
  }, [clipSeg, kind]);
  return kept;
}
