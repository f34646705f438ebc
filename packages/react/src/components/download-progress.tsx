import type { ComponentProps } from 'react';
import type { UseClipSeg } from '../use-clip-seg.js';

export interface DownloadProgressProps extends Omit<ComponentProps<'div'>, 'children'> {
  /** What `useClipSeg` gave. */
  readonly clipSeg: UseClipSeg;
  /** What is said where bytes are known. Default: in megabytes. */
  readonly format?: (loadedBytes: number, totalBytes: number) => string;
}

const megabytes = (loaded: number, total: number): string =>
  `${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`;

/**
 * How far a model is loaded, all of its files together where that is known; read out as it goes;
 * nothing where none is being loaded.
 */
export function DownloadProgress({ clipSeg, format = megabytes, ...props }: DownloadProgressProps) {
  const { status, progress } = clipSeg;
  if (status !== 'loading') return null;
  const { loadedBytes = 0, totalBytes = 0 } = progress?.overall ?? progress ?? {};
  const known = totalBytes > 0;
  const label = progress ? `${progress.stage} ${progress.file}` : 'loading';
  return (
    <div role="status" {...props}>
      <progress aria-label={label} {...(known && { value: loadedBytes, max: totalBytes })} />
      <span>{known ? format(loadedBytes, totalBytes) : label}</span>
    </div>
  );
}
