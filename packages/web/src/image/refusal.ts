import type { ClipSegError } from '@clipseg/core';
import { FORMAT_BYTES, pictureFormat } from '@clipseg/core/formats';
import { invalid } from './limits.js';

const READ = ['JPEG', 'PNG', 'WebP', 'GIF', 'AVIF', 'BMP'];

/** Why a file is not read, and what to do. Loaded when a picture is refused, and not before. */
export function refusal(head: Uint8Array, name: string, cause?: unknown): ClipSegError {
  const format = pictureFormat(head.subarray(0, FORMAT_BYTES));
  const kind = format?.name ?? '';
  if (READ.includes(kind)) {
    const what = cause ? 'cannot be decoded as a picture: it is damaged' : 'tells no size';
    return invalid(`${name}, which begins as ${kind}, ${what}.`, cause);
  }
  const hint = format?.advice ?? (kind === 'SVG' ? 'give an <img> that shows it instead' : '');
  const what = format ? `it is ${kind}${hint && `: ${hint}`}` : 'it is of no known format';
  const readable = 'Readable are JPEG, PNG, WebP, GIF, AVIF and BMP.';
  return invalid(`${name} cannot be decoded: ${what}. ${readable}`, cause);
}
