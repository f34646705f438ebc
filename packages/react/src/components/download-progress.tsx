import type { ComponentProps } from 'react';
import type { UseClipSeg } from '../use-clip-seg.js';

export interface DownloadProgressProps extends Omit<ComponentProps<'div'>, 'children'> {
  /** The result of `useClipSeg`. */
  readonly clipSeg: UseClipSeg;
  /** Formats the numbers of bytes, if they are known. Default: in megabytes. */
  readonly format?: (loadedBytes: number, totalBytes: number) => string;
}

const megabytes = (loaded: number, total: number): string =>
  `${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`;

/**
 * Shows how much of a model is loaded, over all of its files if that is known, as a live status.
 * Renders nothing when no model is loading.
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
