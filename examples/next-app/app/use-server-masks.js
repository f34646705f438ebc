import { imageMask } from '@clipseg/core/raster';
import { decodeImage } from '@clipseg/web';
import { useEffect, useState } from 'react';

async function requestMask(source, text, cut, signal) {
  const body = typeof source === 'string' ? await (await fetch(source, { signal })).blob() : source;
  const query = new URLSearchParams({ prompt: text, threshold: cut });
  const response = await fetch(`/api/mask?${query}`, { method: 'POST', body, signal });
  if (!response.ok) throw new Error(await response.text());
  const { width, height, ...pixels } = await decodeImage(await response.blob());
  const mask = imageMask({ width, height, ...pixels });
  return [{ label: text, threshold: cut, width, height, mask: () => mask }];
}

/** Sends the image to the server and receives a mask. A new request aborts the previous one. */
export function useServerMasks({ source, text, cut }) {
  const [state, setState] = useState({ status: 'pending' });
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setState((last) => ({ ...last, status: 'pending' }));
    // Waits for a pause in typing or sliding, because each request sends the image.
    const timer = setTimeout(() => {
      requestMask(source, text, cut, signal).then(
        (segments) => setState({ status: 'ready', segments }),
        (error) => signal.aborted || setState({ status: 'error', error }),
      );
    }, 250);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [source, text, cut]);
  return state;
}
