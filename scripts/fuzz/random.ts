import { seededRandom } from '@clipseg/core/internal';

/** Computes the 32-bit FNV-1a hash of a text. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** Random choices, determined by the seed. */
export class Random {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  /** Generator for one input, so that it can be reproduced without the previous inputs. */
  static of(seed: number, target: string, index: number): Random {
    return new Random(hash(`${seed}/${target}/${index}`));
  }

  /** Returns a whole number from 0 to `end`, not included. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** Returns a whole number from `first` to `last`. */
  from(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** Returns `count` results of `make`. */
  list<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
