import type { ClipSegError } from '@clipseg/core';
import { FORMAT_BYTES, pictureFormat } from '@clipseg/core/formats';
import { invalid } from './limits.js';

const READ = ['JPEG', 'PNG', 'WebP', 'GIF', 'AVIF', 'BMP'];

/** Says why a file cannot be read, and what to do. Loaded only when an image is rejected. */
export function refusal(head: Uint8Array, name: string, cause?: unknown): ClipSegError {
  const format = pictureFormat(head.subarray(0, FORMAT_BYTES));
  const kind = format?.name ?? '';
  if (READ.includes(kind)) {
    const what = cause ? 'it cannot be decoded: it is damaged' : 'its header has no size';
    return invalid(`${name} begins like ${kind}, but ${what}.`, cause);
  }
  const hint = format?.advice ?? (kind === 'SVG' ? 'pass an <img> that shows it instead' : '');
  const what = format ? `it is ${kind}${hint && `: ${hint}`}` : 'its format is unknown';
  const readable = 'Supported formats are JPEG, PNG, WebP, GIF, AVIF and BMP.';
  return invalid(`${name} cannot be decoded: ${what}. ${readable}`, cause);
}
