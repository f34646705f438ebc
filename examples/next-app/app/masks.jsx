'use client';

import { createClipSeg } from '@clipseg/web';
import { useEffect } from 'react';
import picture from '../../page/picture.png';
import { showMasks } from '../../page/show-masks.js';

export function Masks() {
  useEffect(() => {
    const controller = new AbortController();
    createClipSeg({ signal: controller.signal }).then(showMasks, () => {});
    return () => controller.abort();
  }, []);
  return (
    <>
      <figure>
        {/* biome-ignore lint/performance/noImgElement: the picture's own pixels are segmented */}
        <img src={picture.src} alt="" />
        <canvas />
      </figure>
      <output />
    </>
  );
}
