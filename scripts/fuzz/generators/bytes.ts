import type { Random } from '../random.js';

const WORDS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Writes an interesting number of 1, 2, 4 or 8 bytes in either order. */
function writeWord(random: Random, bytes: Uint8Array): void {
  const width = random.pick([1, 2, 4, 8]);
  if (bytes.length < width) return;
  const at = random.below(bytes.length - width + 1);
  const word = random.pick(WORDS);
  const little = random.chance(0.5);
  for (let i = 0; i < width; i++) {
    const shift = 8 * (little ? i : width - 1 - i);
    bytes[at + i] = shift < 32 ? (word >>> shift) & 255 : word === 0xffffffff ? 255 : 0;
  }
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts));

function mutateOnce(random: Random, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  const at = random.below(bytes.length + 1);
  const length = random.below(random.pick([2, 8, 64]));
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      if (bytes.length > 0) bytes[at % bytes.length] = random.below(256);
      return bytes;
    case 3:
      if (bytes.length > 0)
        bytes[at % bytes.length] = bytes[at % bytes.length]! ^ (1 << random.below(8));
      return bytes;
    case 4:
      writeWord(random, bytes);
      return bytes;
    case 5:
      return joined(bytes.subarray(0, at), random.bytes(length), bytes.subarray(at));
    case 6:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    default: {
      if (random.chance(0.3)) return bytes.slice(0, at);
      const other = others.length > 0 ? random.pick(others) : bytes;
      const from = random.below(other.length + 1);
      return joined(
        bytes.subarray(0, at),
        other.subarray(from, from + 4 * length),
        bytes.subarray(at),
      );
    }
  }
}

/** Changes, inserts, removes or repeats bytes of a sample, or copies some from another sample. */
export function mutateBytes(random: Random, samples: readonly Uint8Array[]): Uint8Array {
  let bytes: Uint8Array = random.pick(samples).slice();
  if (random.chance(0.01)) return random.bytes(random.below(300));
  const times = random.chance(0.5) ? 1 : random.from(0, 12);
  for (let i = 0; i < times; i++) bytes = mutateOnce(random, bytes, samples);
  return bytes;
}

/** Does the same with a text, by UTF-16 units. */
export function mutateText(
  random: Random,
  samples: readonly string[],
  words: readonly string[],
): string {
  let text = random.pick(samples);
  for (let i = random.below(5); i > 0; i--) {
    const at = random.below(text.length + 1);
    const end = random.chance(0.5) ? at : at + random.below(4);
    text = text.slice(0, at) + random.pick(words) + text.slice(end);
  }
  return text;
}
