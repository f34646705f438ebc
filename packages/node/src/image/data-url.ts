import { Buffer } from 'node:buffer';
import { invalid } from './deadline.js';

const PERCENT = '%'.charCodeAt(0);

/** Value of a hexadecimal digit by its ASCII code; -1 for other characters. */
function hexDigit(code = 0): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Decodes percent escapes; characters beyond ASCII become UTF-8. */
function percentDecoded(text: string): Buffer {
  const bytes = Buffer.from(text.replace(/[^ -~]+/g, encodeURIComponent), 'latin1');
  let size = 0;
  for (let i = 0; i < bytes.length; i++) {
    const isEscape = bytes[i] === PERCENT;
    const high = isEscape ? hexDigit(bytes[i + 1]) : -1;
    const low = isEscape ? hexDigit(bytes[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      bytes[size++] = 16 * high + low;
      i += 2;
    } else bytes[size++] = bytes[i]!;
  }
  return bytes.subarray(0, size);
}

function atMost(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.length <= maxBytes) return bytes;
  throw invalid(`The data: URL has more than ${maxBytes} bytes (maxBytes sets the limit).`);
}

function fromBase64(text: string, maxBytes: number): Buffer {
  const encoded = /\s/.test(text) ? text.replace(/\s/g, '') : text;
  if (!/^[\w+/-]*={0,2}$/.test(encoded)) throw invalid('The data: URL is not valid base64.');
  return atMost(Buffer.from(encoded, 'base64'), maxBytes);
}

/**
 * Decodes a `data:` URL, in base64 or percent-encoded.
 * @throws ClipSegError `invalid-image`
 */
export function dataUrlBytes(url: string, maxBytes: number): Buffer {
  const comma = url.indexOf(',');
  if (comma < 0) throw invalid('The data: URL has no comma before its data.');
  const base64 = /;\s*base64\s*$/i.test(url.slice(Math.max(0, comma - 40), comma));
  const length = url.length - comma - 1;
  if (length > maxBytes * (base64 ? 4 / 3 : 3) + 4) {
    throw invalid(`The data: URL has more than ${maxBytes} bytes (maxBytes sets the limit).`);
  }
  const text = url.slice(comma + 1);
  let bytes: Buffer;
  // Without escapes, skip percentDecoded: its loop takes seconds for hundreds of megabytes.
  if (base64 && !text.includes('%')) return fromBase64(text, maxBytes);
  try {
    bytes = percentDecoded(text);
  } catch (cause) {
    throw invalid('The data: URL has a lone surrogate.', cause);
  }
  if (base64) return fromBase64(bytes.toString('latin1'), maxBytes);
  return atMost(bytes, maxBytes);
}
