import { imageMask } from '@clipseg/core';
import { decodeImage } from '@clipseg/web';
import { useEffect, useState } from 'react';

async function ask(source, text, cut, signal) {
  const body = typeof source === 'string' ? await (await fetch(source, { signal })).blob() : source;
  const query = new URLSearchParams({ prompt: text, threshold: cut });
  const response = await fetch(`/api/mask?${query}`, { method: 'POST', body, signal });
  if (!response.ok) throw new Error(await response.text());
  const { width, height, ...picture } = await decodeImage(await response.blob());
  const mask = imageMask({ width, height, ...picture });
  return [{ label: text, threshold: cut, width, height, mask }];
}

/** The picture goes to the server, a mask comes back. Who asks anew hangs up first. */
export function useServerMasks({ source, text, cut }) {
  const [state, set] = useState({ status: 'pending' });
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    set((last) => ({ ...last, status: 'pending' }));
    // Not with every letter and every step of a slider: each is a picture sent.
    const timer = setTimeout(() => {
      ask(source, text, cut, signal).then(
        (segments) => set({ status: 'ready', segments }),
        (error) => signal.aborted || set({ status: 'error', error }),
      );
    }, 250);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [source, text, cut]);
  return state;
}
