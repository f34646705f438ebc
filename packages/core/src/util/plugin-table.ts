import { checkOptions } from './check.js';
import { ClipSegError } from './errors.js';
import { isRecord } from './json.js';
import { showValue } from './show-value.js';

/** Makes a plug-in from its options. */
export type Factory<T> = (options: never) => T;

/** A built-in factory and the options that it takes, so that a misspelled option is found. */
export interface TableEntry<T, Context = void> {
  readonly make: (options: never, context: Context) => T;
  readonly options: readonly string[];
  /** The option that a number sets in short names such as `blur=3`. */
  readonly number?: string;
}

/** The built-in plug-ins of one kind, by name. */
export type PluginTable<T, Context = void> = Readonly<Record<string, TableEntry<T, Context>>>;

const fail = (what: string): never => {
  throw new ClipSegError('invalid-argument', what);
};

/** Returns the JSON of a plug-in; other values unchanged. */
function jsonOf(value: unknown): unknown {
  if (typeof value === 'string') return { name: value };
  return isRecord(value) && typeof value.toJSON === 'function' ? value.toJSON() : value;
}

/**
 * Makes a plug-in from a name, from an object with a name and options, or from a plug-in.
 * @param kind the kind in messages, e.g. `thresholder`
 * @param custom further factories; they go before built-in ones of the same name
 * @throws ClipSegError `invalid-argument`
 */
export function fromTable<T, Context>(
  table: PluginTable<T, Context>,
  value: unknown,
  kind: string,
  context: Context,
  custom: Readonly<Record<string, Factory<T>>> = {},
): T {
  const json = jsonOf(value);
  if (!isRecord(json) || typeof json.name !== 'string') {
    return fail(`${showValue(value)} is not a ${kind}: give a name or an object with one.`);
  }
  const { name, ...options } = checkOptions(json, kind) as { name: string };
  if (Object.hasOwn(custom, name)) return custom[name]!(options as never);
  if (!Object.hasOwn(table, name)) {
    const names = [...Object.keys(table), ...Object.keys(custom)].join(', ');
    return fail(`there is no ${kind} ${showValue(name)}, only ${names}.`);
  }
  const { make, options: known } = table[name]!;
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown !== undefined) {
    const taken = known.length > 0 ? `it takes ${known.join(', ')}` : 'it takes none';
    fail(`${name} has no option ${showValue(unknown)}; ${taken}.`);
  }
  return make(options as never, context);
}
