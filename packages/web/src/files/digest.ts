import { sha256 as inJavaScript } from './sha256.js';

/** Returns the SHA-256 in hexadecimal; computed by the browser in a secure context, else here. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = globalThis.crypto?.subtle
    ? new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
    : inJavaScript(bytes);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
