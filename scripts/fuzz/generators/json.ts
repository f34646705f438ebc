import type { Random } from '../random.js';
import { hostileJson, hostileNumber, hostileString, hostileValue } from './hostile.js';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const define = (target: object, key: string, value: unknown): void => {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
};

/** Changes a value to a similar one, or to any value. */
function changed(
  random: Random,
  value: unknown,
  makeHostile: (random: Random) => unknown,
): unknown {
  if (typeof value === 'number' && random.chance(0.5)) {
    return random.chance(0.3) ? value + random.pick([-1, 1, 0.5]) : hostileNumber(random);
  }
  if (typeof value === 'string' && random.chance(0.4)) {
    return random.chance(0.5) ? hostileString(random) : value + hostileString(random);
  }
  if (Array.isArray(value) && random.chance(0.5)) {
    const copy = [...value];
    if (random.chance(0.5)) copy.splice(random.below(copy.length + 1), 1);
    else copy.splice(random.below(copy.length + 1), 0, copy[0] ?? makeHostile(random));
    return copy;
  }
  if (isObject(value) && random.chance(0.6)) {
    const copy = { ...value };
    const keys = Object.keys(copy);
    if (random.chance(0.5) && keys.length > 0) delete copy[random.pick(keys)];
    else
      define(
        copy,
        random.chance(0.5) ? hostileString(random) : `${random.pick(keys)}s`,
        makeHostile(random),
      );
    return copy;
  }
  return makeHostile(random);
}

function mutateOnce(
  random: Random,
  value: unknown,
  makeHostile: (random: Random) => unknown,
): unknown {
  if (Array.isArray(value) && value.length > 0 && random.chance(0.85)) {
    const copy = [...value];
    const at = random.below(copy.length);
    copy[at] = mutateOnce(random, copy[at], makeHostile);
    return copy;
  }
  if (isObject(value) && Object.keys(value).length > 0 && random.chance(0.85)) {
    const copy = { ...value };
    const key = random.pick(Object.keys(copy));
    define(copy, key, mutateOnce(random, copy[key], makeHostile));
    return copy;
  }
  return changed(random, value, makeHostile);
}

function mutate(
  random: Random,
  sample: unknown,
  makeHostile: (random: Random) => unknown,
): unknown {
  let value = sample;
  const times = random.chance(0.7) ? 1 : random.from(0, 5);
  for (let i = 0; i < times; i++) value = mutateOnce(random, value, makeHostile);
  return value;
}

/** Returns the sample with some values, keys or entries changed. */
export const mutateJson = (random: Random, sample: unknown): unknown =>
  random.chance(0.02) ? hostileJson(random) : mutate(random, sample, hostileJson);

/** Does the same with values that JSON cannot represent. */
export const mutateValue = (random: Random, sample: unknown): unknown =>
  random.chance(0.04) ? hostileValue(random) : mutate(random, sample, hostileValue);

/** Returns a mutated sample as text, which is sometimes not JSON. */
export function jsonText(random: Random, sample: unknown): string {
  const text = JSON.stringify(mutateJson(random, sample)) ?? '';
  if (random.chance(0.85)) return text;
  const at = random.below(text.length + 1);
  if (random.chance(0.3)) return text.slice(0, at);
  return text.slice(0, at) + hostileString(random) + text.slice(at + random.below(3));
}
