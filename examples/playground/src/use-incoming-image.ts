import { useEffect, useState } from 'react';
import type { NamedImage } from './samples.js';

/** Returns the first image among files; undefined if there is none. */
export function imageIn(files: FileList | null | undefined): NamedImage | undefined {
  const file = [...(files ?? [])].find(({ type }) => type.startsWith('image/'));
  return file && { name: file.name.replace(/\.\w+$/, '') || 'image', source: file };
}

const carriesFiles = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes('Files') ?? false;

/**
 * Takes images that are dropped anywhere on the page, or pasted.
 * @returns whether a file is being dragged over the page
 */
export function useIncomingImage(onImage: (image: NamedImage) => void): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    const take = (files: FileList | null | undefined) => {
      const input = imageIn(files);
      if (input) onImage(input);
    };
    const over = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setHeld(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setHeld(false);
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      take(event.dataTransfer?.files);
    };
    const paste = ({ clipboardData }: ClipboardEvent) => take(clipboardData?.files);
    const life = new AbortController();
    const { signal } = life;
    addEventListener('dragover', over, { signal });
    addEventListener('dragleave', leave, { signal });
    addEventListener('drop', () => setHeld(false), { signal, capture: true }); // for any target
    addEventListener('drop', drop, { signal });
    addEventListener('paste', paste, { signal });
    return () => life.abort();
  }, [onImage]);
  return held;
}
