import { readFile, stat } from 'node:fs/promises';
import { ClipSegError } from '@clipseg/core';
import { checkLfsPointer, showReason } from '@clipseg/core/internal';
import { cannotRead } from './file.js';

export type JsonObject = Readonly<Record<string, unknown>>;

// A config.json has kilobytes, the index of a very large model a few megabytes.
const MAX_JSON = 16 * 2 ** 20;

/**
 * Reads a JSON file whose value is an object.
 * @throws ClipSegError `not-found`, `io`, `invalid-config`
 */
export async function readJson(path: string): Promise<JsonObject> {
  const fail = (what: string, cause?: unknown): never => {
    throw new ClipSegError('invalid-config', `${path} ${what}. Fetch it again.`, { cause });
  };
  let text: string;
  try {
    const info = await stat(path);
    if (!info.isFile()) throw new ClipSegError('not-found', `${path} is not a file.`);
    if (info.size > MAX_JSON) return fail(`has ${info.size} bytes, more than ${MAX_JSON}`);
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw ClipSegError.isInstance(cause) ? cause : cannotRead(path, cause);
  }
  checkLfsPointer(text, path, 'invalid-config');
  if (text === '') return fail('is empty');
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    return fail(`is not JSON (${showReason(cause)})`, cause);
  }
  return isObject(json) ? json : fail('is not a JSON object');
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the index after the closing quote of the string that starts at `start`. */
function endOfString(json: string, start: number): number {
  let i = start + 1;
  while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i + 1;
}

/**
 * Finds the first duplicate key of an object, in text that JSON.parse accepted. JSON.parse silently
 * keeps the last one, so that two readers may see different values.
 */
export function duplicateKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // one per open object, undefined for a list
  for (let i = 0; i < json.length; i++) {
    const char = json[i];
    if (char === '{') open.push(new Set());
    else if (char === '[') open.push(undefined);
    else if (char === '}' || char === ']') open.pop();
    else if (char === '"') {
      const end = endOfString(json, i);
      const keys = open.at(-1);
      let next = end;
      while (/\s/.test(json[next] ?? '')) next++;
      if (keys && json[next] === ':') {
        const key = JSON.parse(json.slice(i, end)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      i = end - 1;
    }
  }
  return undefined;
}
