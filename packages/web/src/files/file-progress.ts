import type { Progress } from '@clipseg/core';

/** The shortest time between two reports. A file's first and last report are always sent. */
const INTERVAL_MS = 50;

export interface FileProgress {
  /** Announces files that will be fetched together, before any arrives. */
  expect(files: Readonly<Record<string, number>>): void;
  /** Reports how many bytes of a file have arrived. */
  loaded(file: string, bytes: number, size: number): void;
  /** Reports a wait: another tab fetches the file, or the server asked for a delay. */
  waits(file: string, size: number): void;
}

/** Counts the bytes of all files of a load. */
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
