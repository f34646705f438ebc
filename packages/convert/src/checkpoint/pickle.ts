import { ClipSegError } from '@clipseg/core';
import { showValue } from '@clipseg/core/internal';

// Reads the pickles that torch.save writes, protocols 2 to 5. Builds plain containers and executes
// nothing: the caller defines the allowed globals, and all others are refused.

export type PickleValue = unknown;

/** A `module.name` that the pickle refers to; only `PickleOptions.reduce` interprets it. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export interface PickleOptions {
  /** Name of the file, for messages. */
  readonly source: string;
  /** Whether a global is allowed in this pickle. */
  readonly allowed: (name: string) => boolean;
  /** Returns the result of calling an allowed global. */
  readonly reduce: (name: string, args: readonly PickleValue[]) => PickleValue;
  readonly persistentLoad: (id: PickleValue) => PickleValue;
}

// A CLIPSeg with 400 tensors needs 16,000 operations and 8,000 objects.
const MAX_OPERATIONS = 2_000_000;
// An object takes one byte in the file and about 100 in memory.
const MAX_OBJECTS = 400_000;
// Allowed names are shorter; a pickle could join two long texts again and again.
const MAX_NAME = 200;
const MARK = Symbol('mark');
const utf8 = new TextDecoder();

class Machine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #options: PickleOptions;
  readonly #memo = new Map<number, PickleValue>();
  #stack: PickleValue[] = [];
  #position = 0;
  #copied = 0;
  #objects = 0;

  constructor(bytes: Uint8Array, options: PickleOptions) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#options = options;
  }

  fail(what: string): never {
    const message = `${this.#options.source}: ${what} (pickle byte ${this.#position}).`;
    throw new ClipSegError('invalid-checkpoint', message);
  }

  #take(length: number): number {
    const start = this.#position;
    if (!(length >= 0) || start + length > this.#bytes.length) this.fail('it is truncated');
    this.#position += length;
    return start;
  }

  #u8 = () => this.#bytes[this.#take(1)]!;
  #u16 = () => this.#view.getUint16(this.#take(2), true);
  #u32 = () => this.#view.getUint32(this.#take(4), true);
  #i32 = () => this.#view.getInt32(this.#take(4), true);
  #u64 = () => Number(this.#view.getBigUint64(this.#take(8), true));

  #text(length: number): string {
    const start = this.#take(length);
    return this.#made(utf8.decode(this.#bytes.subarray(start, start + length)));
  }

  #line(): string {
    const end = this.#bytes.indexOf(10, this.#position);
    if (end < 0) this.fail('a line does not end');
    const line = this.#text(end - this.#position);
    this.#take(1);
    return line;
  }

  /** Reads a little-endian two's complement number of up to 8 bytes. */
  #long(length: number): number {
    if (length > 8) this.fail(`a number has ${length} bytes`);
    const start = this.#take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) {
      value = (value << 8n) | BigInt(this.#bytes[start + i]!);
    }
    return Number(BigInt.asIntN(length * 8, value));
  }

  #pop(): PickleValue {
    if (this.#stack.length === 0) this.fail('its stack is empty');
    const value = this.#stack.pop();
    if (value === MARK) this.fail('it has a mark in place of a value');
    return value;
  }

  #popToMark(): PickleValue[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) this.fail('a mark is missing');
    const values = this.#stack.splice(mark);
    return values.slice(1);
  }

  #top(): PickleValue {
    const value = this.#stack.at(-1);
    if (this.#stack.length === 0) this.fail('its stack is empty');
    if (value === MARK) this.fail('it has a mark in place of a value');
    return value;
  }

  #push = (value: PickleValue): void => {
    this.#stack.push(value);
  };

  /** Counts objects that need more memory than file space: containers, keys, texts, calls. */
  #made<T>(object: T): T {
    if (++this.#objects > MAX_OBJECTS) this.fail(`it makes more than ${MAX_OBJECTS} objects`);
    return object;
  }

  #keep(index: number): void {
    if (!this.#memo.has(index)) this.#made(index);
    this.#memo.set(index, this.#top());
  }

  /** Counts elements that calls copy: at most one per byte of the file. */
  #spend(elements: number): void {
    this.#copied += elements;
    if (this.#copied > this.#bytes.length) this.fail('it copies the same lists too often');
  }

  #global(module: string, short: string): void {
    const name = `${module.slice(0, MAX_NAME)}.${short.slice(0, MAX_NAME)}`;
    const known = module.length + short.length <= MAX_NAME && this.#options.allowed(name);
    if (!known) {
      this.fail(
        `it refers to ${showValue(name.slice(0, 100), 100)}, which a checkpoint of tensors does not need and ` +
          'which is not executed. Save the weights as safetensors',
      );
    }
    this.#push(this.#made(new PickleGlobal(name)));
  }

  #call(callee: PickleValue, args: PickleValue): void {
    if (!(callee instanceof PickleGlobal) || !Array.isArray(args))
      this.fail('it calls something that is not a function');
    const [first] = args;
    this.#spend(Array.isArray(first) ? first.length : 1);
    this.#push(this.#made(this.#options.reduce(callee.name, args)));
  }

  #setItems(items: readonly PickleValue[]): void {
    const target = this.#top();
    if (!(target instanceof Map) || items.length % 2)
      this.fail('it adds items to something that is not a dictionary');
    for (let i = 0; i < items.length; i += 2) {
      if (!target.has(items[i])) this.#made(i);
      target.set(items[i], items[i + 1]);
    }
  }

  #append(items: readonly PickleValue[]): void {
    const target = this.#top();
    if (!Array.isArray(target)) this.fail('it adds items to something that is not a list');
    for (const item of items) target.push(item);
  }

  #recall(index: number): void {
    if (!this.#memo.has(index)) this.fail(`it reads memo ${index}, which was never stored`);
    this.#push(this.#memo.get(index));
  }

  #tuple(count: number): void {
    const values: PickleValue[] = [];
    for (let i = 0; i < count; i++) values.unshift(this.#pop());
    this.#push(this.#made(values));
  }

  #dict(items: readonly PickleValue[]): void {
    this.#push(this.#made(new Map()));
    this.#setItems(items);
  }

  #stackGlobal(): void {
    const name = this.#pop();
    const module = this.#pop();
    // Converting anything else to text could expand a nested list endlessly.
    if (typeof module !== 'string' || typeof name !== 'string') this.fail('a global has no name');
    this.#global(module, name);
  }

  #protocol(version: number): void {
    if (version > 5) this.fail(`it has protocol ${version}; 2 to 5 are supported`);
  }

  /** BUILD sets attributes; state_dicts have `_metadata` on containers, which is ignored. */
  #build(): void {
    this.#pop();
    if (!(this.#top() instanceof Map)) this.fail('it sets the attributes of an object');
  }

  // Opcodes by byte, as Python's pickle.py names them.
  readonly #operations: Readonly<Record<number, () => void>> = {
    128: () => this.#protocol(this.#u8()), // PROTO
    149: () => void this.#u64(), // FRAME
    40: () => this.#push(MARK), // MARK
    48: () => void this.#pop(), // POP
    49: () => void this.#popToMark(), // POP_MARK
    50: () => this.#push(this.#top()), // DUP
    78: () => this.#push(null), // NONE
    136: () => this.#push(true), // NEWTRUE
    137: () => this.#push(false), // NEWFALSE
    75: () => this.#push(this.#u8()), // BININT1
    77: () => this.#push(this.#u16()), // BININT2
    74: () => this.#push(this.#i32()), // BININT
    138: () => this.#push(this.#long(this.#u8())), // LONG1
    71: () => this.#push(this.#made(this.#view.getFloat64(this.#take(8), false))), // BINFLOAT
    88: () => this.#push(this.#text(this.#u32())), // BINUNICODE
    140: () => this.#push(this.#text(this.#u8())), // SHORT_BINUNICODE
    141: () => this.#push(this.#text(this.#u64())), // BINUNICODE8
    85: () => this.#push(this.#text(this.#u8())), // SHORT_BINSTRING
    84: () => this.#push(this.#text(this.#u32())), // BINSTRING
    125: () => this.#push(this.#made(new Map())), // EMPTY_DICT
    93: () => this.#push(this.#made([])), // EMPTY_LIST
    41: () => this.#push(this.#made([])), // EMPTY_TUPLE
    116: () => this.#push(this.#made(this.#popToMark())), // TUPLE
    108: () => this.#push(this.#made(this.#popToMark())), // LIST
    100: () => this.#dict(this.#popToMark()), // DICT
    133: () => this.#tuple(1), // TUPLE1
    134: () => this.#tuple(2), // TUPLE2
    135: () => this.#tuple(3), // TUPLE3
    115: () => this.#setItems([this.#pop(), this.#pop()].reverse()), // SETITEM
    117: () => this.#setItems(this.#popToMark()), // SETITEMS
    97: () => this.#append([this.#pop()]), // APPEND
    101: () => this.#append(this.#popToMark()), // APPENDS
    113: () => this.#keep(this.#u8()), // BINPUT
    114: () => this.#keep(this.#u32()), // LONG_BINPUT
    148: () => this.#keep(this.#memo.size), // MEMOIZE
    104: () => this.#recall(this.#u8()), // BINGET
    106: () => this.#recall(this.#u32()), // LONG_BINGET
    99: () => this.#global(this.#line(), this.#line()), // GLOBAL
    147: () => this.#stackGlobal(), // STACK_GLOBAL
    81: () => this.#push(this.#made(this.#options.persistentLoad(this.#pop()))), // BINPERSID
    82: () => {
      const args = this.#pop(); // REDUCE
      this.#call(this.#pop(), args);
    },
    98: () => this.#build(), // BUILD
  };

  run(): PickleValue {
    for (let count = 0; count < MAX_OPERATIONS; count++) {
      const code = this.#u8();
      if (code === 46) return this.#pop(); // STOP
      const operation = this.#operations[code];
      if (!operation) this.fail(`it uses the operation ${code}, which no checkpoint needs`);
      operation();
    }
    return this.fail(`it has more than ${MAX_OPERATIONS} operations`);
  }
}

/**
 * Reads a pickle without executing anything. Tuples and lists become arrays, dictionaries Maps.
 * @throws ClipSegError `invalid-checkpoint`
 */
export function readPickle(bytes: Uint8Array, options: PickleOptions): PickleValue {
  return new Machine(bytes, options).run();
}
