import { useEffect, useState } from 'react';
import type { Picture } from './samples.js';

/** The first picture among files; undefined where there is none. */
export function pictureOf(files: FileList | null | undefined): Picture | undefined {
  const file = [...(files ?? [])].find(({ type }) => type.startsWith('image/'));
  return file && { name: file.name.replace(/\.\w+$/, '') || 'picture', source: file };
}

const carriesFiles = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes('Files') ?? false;

/**
 * Pictures that are dropped anywhere on the page, or pasted.
 * @returns whether one is being held over the page
 */
export function useIncomingPicture(onPicture: (picture: Picture) => void): boolean {
  const [held, hold] = useState(false);
  useEffect(() => {
    const take = (files: FileList | null | undefined) => {
      const picture = pictureOf(files);
      if (picture) onPicture(picture);
    };
    const over = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      hold(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) hold(false);
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
    addEventListener('drop', () => hold(false), { signal, capture: true }); // wherever it falls
    addEventListener('drop', drop, { signal });
    addEventListener('paste', paste, { signal });
    return () => life.abort();
  }, [onPicture]);
  return held;
}
