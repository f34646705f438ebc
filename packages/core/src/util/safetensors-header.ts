import { reading } from './check.js';
import { ClipSegError } from './errors.js';
import { isRecord, parseJson } from './json.js';

const MAX_HEADER = 100_000_000;

/** What is wrong with a file: an end of the sentence `The file ... : it has less than 8 bytes.` */
export type Fail = (what: string, cause?: unknown) => never;

/**
 * Reads the header of a safetensors file in memory: 8 bytes N, then N bytes of JSON.
 * @returns the JSON object, and where the data start
 * @throws what `fail` throws
 */
export function safetensorsHeader(
  file: Uint8Array,
  fail: Fail,
): { readonly header: Record<string, unknown>; readonly start: number } {
  const isBytes = reading('The file', () => file instanceof Uint8Array);
  if (!isBytes || file.length < 8) return fail('it has less than 8 bytes');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > Math.min(file.length - 8, MAX_HEADER)) fail(`its header claims ${length} bytes`);
  const header = jsonOf(file.subarray(8, 8 + length), fail);
  return isRecord(header) ? { header, start: 8 + length } : fail('its header is not a JSON object');
}

function jsonOf(bytes: Uint8Array, fail: Fail): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return parseJson(text, 'its header', 'invalid-argument');
  } catch (cause) {
    if (!ClipSegError.isInstance(cause)) return fail('its header is not text', cause);
    return fail(cause.message.replace(/\.$/, ''), cause);
  }
}
