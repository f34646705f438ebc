import { readFile, stat } from 'node:fs/promises';
import { ClipSegError, checkLfsPointer, showReason } from '@clipseg/core';
import { cannotRead } from './file.js';

export type JsonObject = Readonly<Record<string, unknown>>;

// A config.json has kilobytes, the index of the largest sharded models a few megabytes.
const MAX_JSON = 16 * 2 ** 20;

/**
 * Reads a JSON file that holds an object.
 * @throws ClipSegError `not-found`, `io`, `invalid-config`
 */
export async function readJson(path: string): Promise<JsonObject> {
  const wrong = (what: string, cause?: unknown): never => {
    throw new ClipSegError('invalid-config', `${path} ${what}. Fetch it again.`, { cause });
  };
  let text: string;
  try {
    const info = await stat(path);
    if (!info.isFile()) throw new ClipSegError('not-found', `${path} is not a file.`);
    if (info.size > MAX_JSON) return wrong(`has ${info.size} bytes, more than ${MAX_JSON}`);
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw ClipSegError.isInstance(cause) ? cause : cannotRead(path, cause);
  }
  checkLfsPointer(text, path, 'invalid-config');
  if (text === '') return wrong('is empty');
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    return wrong(`is not JSON (${showReason(cause)})`, cause);
  }
  return isObject(json) ? json : wrong('holds no JSON object');
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Past the string that begins at `start`: the index after its closing quote. */
function endOfString(json: string, start: number): number {
  let i = start + 1;
  while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i + 1;
}

/**
 * The first key that an object has twice, in text that JSON.parse accepted: it keeps the last one
 * and says nothing, so that two readers can see two different files.
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
