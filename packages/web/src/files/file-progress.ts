import type { Progress } from '@clipseg/core';

/** At most one report in so many milliseconds, the first and the last of a file always. */
const INTERVAL_MS = 50;

export interface FileProgress {
  /** Files that will be fetched together, before any arrives. */
  expect(files: Readonly<Record<string, number>>): void;
  /** So much of a file is here. */
  loaded(file: string, bytes: number, size: number): void;
  /**
   * Nothing comes at the moment: another tab fetches the file, or the server asked for patience.
   */
  waits(file: string, size: number): void;
}

/** Bytes over all files of a loading. */
export function fileProgress(report: ((progress: Progress) => void) | undefined): FileProgress {
  const sizes = new Map<string, number>();
  const arrived = new Map<string, number>();
  let last = 0;
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
  const overall = () => ({
    loadedBytes: sum(arrived.values()),
    totalBytes: sum(sizes.values()),
  });
  return {
    expect(files) {
      for (const [file, size] of Object.entries(files)) sizes.set(file, size);
    },
    loaded(file, bytes, size) {
      const known = arrived.has(file);
      sizes.set(file, size);
      arrived.set(file, bytes);
      const now = performance.now();
      if (!report || (known && bytes < size && now - last < INTERVAL_MS)) return;
      last = now;
      const bytesOf = { file, loadedBytes: bytes, totalBytes: size };
      report({ stage: 'download', ...bytesOf, overall: overall() });
    },
    waits(file, size) {
      const bytesOf = { file, loadedBytes: arrived.get(file) ?? 0, totalBytes: size };
      report?.({ stage: 'wait', ...bytesOf, overall: overall() });
    },
  };
}
