import { ClipSegError, type ClipSegErrorCode } from './errors.js';
import { showReason } from './show-value.js';

/** A plain JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  try {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false; // a proxy that was revoked
  }
}

/** Largest nesting depth of lists and objects. */
const MAX_JSON_DEPTH = 256;

/** Returns the nesting depth of a JSON text without parsing it. */
function depthOf(text: string): number {
  let [depth, deepest, quoted] = [0, 0, false];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 0x5c) i++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}

/**
 * Parses JSON.
 * @param name the start of messages, e.g. `The pipeline`
 * @throws ClipSegError with the given code, saying where the text is malformed
 */
export function parseJson(text: string, name: string, code: ClipSegErrorCode): unknown {
  const fail = (what: string, cause?: unknown): never => {
    throw new ClipSegError(code, `${name} ${what}.`, { cause });
  };
  // The value is walked by recursive functions.
  if (depthOf(text) > MAX_JSON_DEPTH) return fail(`is nested more than ${MAX_JSON_DEPTH} deep`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    return fail(`is not JSON: ${showReason(cause, 120)}`, cause);
  }
}
