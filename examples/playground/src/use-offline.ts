import type { UseClipSeg } from '@clipseg/react';
import { useEffect, useState } from 'react';
import type { ModelChoice } from './model-choice.js';
import { keepForOffline } from './offline.js';

/** Returns whether the next visit works offline. */
export function useOffline({ clipSeg }: UseClipSeg, { kind }: ModelChoice): boolean {
  const [cached, setCached] = useState(false);
  useEffect(() => {
    if (!clipSeg || kind !== 'embedded') return;
    keepForOffline(clipSeg.device.dtype).then(setCached);
  }, [clipSeg, kind]);
  return cached;
}
