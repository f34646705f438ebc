import type { Progress } from '@clipseg/core';
import cliProgress from 'cli-progress';
import { printable } from './print.js';
import { say } from './report.js';

export interface ProgressReporter {
  readonly onProgress: (progress: Progress) => void;
  stop(): void;
}

/** Shows one bar per file on a terminal; otherwise prints a line when a file is done. */
export function createProgress(): ProgressReporter {
  const terminal = process.stderr.isTTY === true;
  const bars = new cliProgress.MultiBar(
    {
      stream: process.stderr,
      format: '{stage} {file} {bar} {percentage}% {megabytes}',
      hideCursor: true,
      clearOnComplete: true,
    },
    cliProgress.Presets.shades_classic,
  );
  const started = new Map<string, cliProgress.SingleBar>();
  const onProgress = ({ stage, file, loadedBytes, totalBytes }: Progress): void => {
    if (stage === 'wait') {
      say(`waiting: ${file}`);
      return;
    }
    const done = loadedBytes >= totalBytes;
    const megabytes = `${(loadedBytes / 1e6).toFixed(1)}/${(totalBytes / 1e6).toFixed(1)} MB`;
    if (!terminal) {
      if (done) say(`${stage} ${file} ${megabytes}`);
      return;
    }
    const shown = { stage, file: printable(file), megabytes };
    const key = `${stage}:${file}`;
    const bar = started.get(key) ?? bars.create(totalBytes, 0, shown);
    started.set(key, bar);
    bar.update(loadedBytes, shown);
  };
  return { onProgress, stop: () => bars.stop() };
}

/** Shows a bar over many images (a counter if `total` is unknown), only on a terminal. */
export function createImageBar(total?: number): { step(name: string): void; stop(): void } {
  if (process.stderr.isTTY !== true || total === 1) return { step: () => {}, stop: () => {} };
  const format = total === undefined ? '{value} {name}' : '{bar} {value}/{total} {name}';
  const bar = new cliProgress.SingleBar(
    { stream: process.stderr, format, clearOnComplete: true },
    cliProgress.Presets.shades_classic,
  );
  bar.start(total ?? 0, 0, { name: '' });
  return { step: (name) => bar.increment(1, { name: printable(name) }), stop: () => bar.stop() };
}
