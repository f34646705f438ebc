const MAX_LENGTH = 60;
const MAX_ENTRIES = 8;
const MAX_DEPTH = 3;

// Characters that JSON.stringify does not escape but that disturb a terminal or a line of text:
// one-character control sequences (C1), line separators, and marks that change text direction.
const UNPRINTABLE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Returns the first `max` characters, without splitting a surrogate pair. */
function cut(text: string, max: number): string {
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? max - 1 : max);
}

function showString(value: string, max: number): string {
  const head = value.length > max ? `${cut(value, max)}…` : value;
  return JSON.stringify(head).replace(UNPRINTABLE, escaped);
}

const LARGE = 2n ** 64n;
const showBigint = (value: bigint): string =>
  value < LARGE && value > -LARGE ? `${value}n` : 'a bigint of more than 64 bits';

function showObject(value: object, max: number, depth: number): string {
  if (ArrayBuffer.isView(value)) {
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    return `${tag}(${'length' in value ? value.length : value.byteLength})`;
  }
  const list = Array.isArray(value);
  const [open, close] = list ? ['[', ']'] : ['{', '}'];
  if (depth === MAX_DEPTH) return `${open}…${close}`;
  const parts: string[] = [];
  let room = max;
  for (const key in value) {
    if (parts.length === MAX_ENTRIES || room <= 0) {
      parts.push('…');
      break;
    }
    const shown = showAny(
      (value as Record<string, unknown>)[key],
      Math.min(room, max / 2),
      depth + 1,
    );
    const part = list ? shown : `${showString(key, 20)}: ${shown}`;
    parts.push(part);
    room -= part.length;
  }
  return `${open}${parts.join(', ')}${close}`;
}

function showAny(value: unknown, max: number, depth: number): string {
  switch (typeof value) {
    case 'string':
      return showString(value, Math.max(8, Math.floor(max)));
    case 'bigint':
      return showBigint(value);
    case 'function':
      return 'a function';
    case 'symbol':
      return 'a symbol';
    case 'object':
      return value === null ? 'null' : showObject(value, max, depth);
    default:
      return String(value);
  }
}

/**
 * Shows a value from outside in an error message: strings in quotes, objects by their first
 * entries, about `max` characters in all. It never throws, and never calls methods of the value
 * (`toString`, `toJSON`).
 *
 * @param max characters of a string, or of an object's entries; default 60
 */
export function showValue(value: unknown, max: number = MAX_LENGTH): string {
  try {
    return showAny(value, max, 0);
  } catch {
    return 'an object that cannot be read'; // a getter or a proxy that throws
  }
}

/**
 * Returns the message of an error from elsewhere on one line, made printable: a library's message
 * may quote its input.
 * @param max characters; default 200
 */
export function showReason(cause: unknown, max: number = 200): string {
  const message = cause instanceof Error ? String(cause.message) : 'for an unknown reason';
  return cut(message.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim(), max);
}
