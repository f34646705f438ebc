import { ClipSegError } from '../../util/errors.js';
import { isRecord, parseJson } from '../../util/json.js';
import { showValue } from '../../util/show-value.js';
import type { DatasetFiles } from '../dataset.js';

export function fail(path: string, what: string): never {
  throw new ClipSegError('invalid-argument', `${path} ${what}.`);
}

export async function readJson(files: DatasetFiles, path: string): Promise<unknown> {
  return parseJson(await files.text(path), path, 'invalid-argument');
}

/** Checks that the content of a JSON file is an object. */
export const entryOf = (path: string, value: unknown): Record<string, unknown> =>
  isRecord(value) ? value : fail(path, 'is not a JSON object');

/** Returns the entries of a list in a JSON file. */
export function records(path: string, name: string, value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) return fail(path, `has no list ${name}`);
  const odd = value.findIndex((entry) => !isRecord(entry));
  if (odd >= 0) fail(path, `has no object at ${name}[${odd}]`);
  return value;
}

export function textOf(path: string, entry: Record<string, unknown>, field: string): string {
  const value = entry[field];
  if (typeof value === 'string' && value !== '') return value;
  return fail(path, `has an entry whose ${field} is ${showValue(value)}, not a text`);
}

export function countOf(path: string, entry: Record<string, unknown>, field: string): number {
  const value = entry[field];
  if (Number.isInteger(value) && Number(value) >= 0) return Number(value);
  return fail(path, `has an entry whose ${field} is ${showValue(value)}, not a whole number`);
}

/** Groups values, in the order in which the groups first appear. */
export function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const own = key(item);
    const group = groups.get(own);
    if (group) group.push(item);
    else groups.set(own, [item]);
  }
  return groups;
}
