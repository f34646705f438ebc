import { crc32 } from 'node:zlib';
import { dtypeBytes, type WeightDtype } from '../../src/checkpoint/weights.js';

// Writes files like torch.save (torch 1.13, pickle protocol 2), byte for byte the same for the
// state dictionary of tiny-refined.

export interface TorchTensorData {
  readonly dtype: WeightDtype;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const storageNames: Partial<Record<WeightDtype, string>> = {
  F32: 'FloatStorage',
  F16: 'HalfStorage',
  BF16: 'BFloat16Storage',
  F64: 'DoubleStorage',
  I64: 'LongStorage',
};
const latin = (text: string): number[] => [...Buffer.from(text, 'utf8')];
const u32 = (value: number): number[] => [...new Uint8Array(Uint32Array.of(value).buffer)];

/** Writes opcodes in the order of Python's Pickler, with its memo. */
export class PickleWriter {
  readonly bytes: number[] = [0x80, 2];
  readonly #memo = new Map<unknown, number>();
  #next = 0;

  op(...bytes: number[]): this {
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }

  /** BINPUT of the last value. */
  put(key?: unknown): this {
    const index = this.#next++;
    if (key !== undefined) this.#memo.set(key, index);
    return index < 256 ? this.op(0x71, index) : this.op(0x72, ...u32(index));
  }

  /** BINGET if the value was written before. */
  get(key: unknown): boolean {
    const index = this.#memo.get(key);
    if (index === undefined) return false;
    if (index < 256) this.op(0x68, index);
    else this.op(0x6a, ...u32(index));
    return true;
  }

  text(value: string, shared = false): this {
    if (shared && this.get(value)) return this;
    const bytes = latin(value);
    return this.op(0x58, ...u32(bytes.length), ...bytes).put(shared ? value : undefined);
  }

  integer(value: number): this {
    if (value < 256) return this.op(0x4b, value);
    if (value < 65536) return this.op(0x4d, value & 255, value >> 8);
    return this.op(0x4a, ...u32(value));
  }

  integers(values: readonly number[]): this {
    if (values.length === 0) return this.op(0x29);
    if (values.length > 3) this.op(0x28);
    for (const value of values) this.integer(value);
    return this.op(values.length > 3 ? 0x74 : 0x84 + values.length).put();
  }

  global(module: string, name: string): this {
    const key = `${module}\n${name}\n`;
    if (this.get(key)) return this;
    return this.op(0x63, ...latin(key)).put(key);
  }

  orderedDict(): this {
    return this.global('collections', 'OrderedDict').op(0x29, 0x52).put();
  }

  tensor(key: string, { dtype, shape, data }: TorchTensorData, strides = rowMajor(shape)): this {
    this.global('torch._utils', '_rebuild_tensor_v2').op(0x28, 0x28).text('storage', true);
    this.global('torch', storageNames[dtype] ?? dtype)
      .text(key)
      .text('cpu', true);
    this.integer(data.length / dtypeBytes[dtype])
      .op(0x74)
      .put()
      .op(0x51);
    this.integer(0).integers(shape).integers(strides).op(0x89).orderedDict();
    return this.op(0x74).put().op(0x52).put();
  }

  stop(): Uint8Array {
    return Uint8Array.from([...this.bytes, 0x2e]);
  }
}

function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, i) => shape.slice(i + 1).reduce((n, size) => n * size, 1));
}

/** Pickles an OrderedDict of tensors, with the `_metadata` that modules add. */
export function pickleStateDict(tensors: Readonly<Record<string, TorchTensorData>>): Uint8Array {
  const pickle = new PickleWriter().orderedDict();
  const entries = Object.entries(tensors);
  for (let start = 0; start < entries.length; start += 1000) {
    pickle.op(0x28);
    for (const [i, [name, tensor]] of entries.slice(start, start + 1000).entries()) {
      pickle.text(name).tensor(String(start + i), tensor);
    }
    pickle.op(0x75);
  }
  pickle.op(0x7d).put().text('_metadata').orderedDict().text('').op(0x7d).put();
  return pickle.text('version').integer(1).op(0x73, 0x73, 0x73, 0x62).stop();
}

export interface ZipFileEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** 0 means stored. */
  readonly method?: number;
  /** Size that the directory claims. */
  readonly claimedSize?: number;
  readonly flags?: number;
  /** Offset that the directory claims. */
  readonly claimedOffset?: number;
}

const records = (...parts: readonly (readonly [bytes: number, value: number])[]): Buffer => {
  const buffer = Buffer.alloc(parts.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of parts) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
};

/** Writes a zip like torch: sizes in a descriptor after the data, data aligned to 64 bytes. */
export function zip(entries: readonly ZipFileEntry[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data, method = 0, flags = 0x0808, ...claimed } of entries) {
    const path = Buffer.from(name);
    const [crc, size] = [crc32(data), claimed.claimedSize ?? data.length];
    const padding = (64 - ((at + 30 + path.length + 4) % 64)) % 64;
    const extra = Buffer.concat([
      Buffer.from('FB'),
      records([2, padding]),
      Buffer.alloc(padding, 'Z'),
    ]);
    const local = records(
      ...([
        [4, 0x04034b50],
        [2, 0],
        [2, flags],
        [2, method],
        [4, 0],
      ] as const),
      ...([
        [4, 0],
        [4, 0],
        [4, 0],
        [2, path.length],
        [2, extra.length],
      ] as const),
    );
    const descriptor = records([4, 0x08074b50], [4, crc], [4, size], [4, size]);
    const central = records(
      ...([
        [4, 0x02014b50],
        [2, 0],
        [2, 0],
        [2, flags],
        [2, method],
        [4, 0],
      ] as const),
      ...([
        [4, crc],
        [4, size],
        [4, size],
        [2, path.length],
        [2, 0],
        [2, 0],
      ] as const),
      ...([
        [2, 0],
        [2, 0],
        [4, 0],
        [4, claimed.claimedOffset ?? at],
      ] as const),
    );
    directory.push(central, path);
    for (const part of [local, path, extra, Buffer.from(data), descriptor]) {
      parts.push(part);
      at += part.length;
    }
  }
  const central = Buffer.concat(directory);
  // torch always writes zip64 records.
  const large = records(
    ...([
      [4, 0x06064b50],
      [4, 44],
      [4, 0],
      [2, 0x031e],
      [2, 45],
      [4, 0],
      [4, 0],
    ] as const),
    ...([
      [4, entries.length],
      [4, 0],
      [4, entries.length],
      [4, 0],
    ] as const),
    ...([
      [4, central.length],
      [4, 0],
      [4, at],
      [4, 0],
    ] as const),
    ...([
      [4, 0x07064b50],
      [4, 0],
      [4, at + central.length],
      [4, 0],
      [4, 1],
    ] as const),
  );
  const end = records(
    ...([
      [4, 0x06054b50],
      [2, 0],
      [2, 0],
      [2, entries.length],
      [2, entries.length],
    ] as const),
    ...([
      [4, central.length],
      [4, at],
      [2, 0],
    ] as const),
  );
  return Buffer.concat([...parts, central, large, end]);
}

/** Lists the entries of a torch file: pickle, storages, version. */
export function torchEntries(
  pickle: Uint8Array,
  storages: readonly Uint8Array[],
  folder = 'archive',
): ZipFileEntry[] {
  return [
    { name: `${folder}/data.pkl`, data: pickle },
    ...storages
      .map((data, i) => ({ name: `${folder}/data/${i}`, data }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    { name: `${folder}/version`, data: Buffer.from('3\n') },
  ];
}

/** Writes a file like `torch.save(state_dict, 'FOLDER.bin')`. */
export function torchFile(
  tensors: Readonly<Record<string, TorchTensorData>>,
  folder?: string,
): Uint8Array {
  const storages = Object.values(tensors).map(({ data }) => data);
  return zip(torchEntries(pickleStateDict(tensors), storages, folder));
}
