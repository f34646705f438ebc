import { ClipSegError } from '@clipseg/core';
import yauzl from 'yauzl';
import { type RandomAccessFile, withFile } from './file.js';
import { readPickle } from './pickle.js';
import { dtypeBytes, type Weight, type WeightDtype, type Weights, weightsOf } from './weights.js';

// torch.save since 1.6: a zip of `*/data.pkl` and one uncompressed `*/data/KEY` per storage.

const storageTypes: Readonly<Record<string, WeightDtype>> = {
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.DoubleStorage': 'F64',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};
const TENSOR = 'torch._utils._rebuild_tensor_v2';
const PARAMETER = 'torch._utils._rebuild_parameter';
const ORDERED_DICT = 'collections.OrderedDict';
const allowed = (name: string): boolean =>
  Object.hasOwn(storageTypes, name) || [TENSOR, PARAMETER, ORDERED_DICT].includes(name);

const MAX_PICKLE = 64 * 2 ** 20;

interface Entry {
  readonly offset: number;
  readonly size: number;
}

class Storage {
  constructor(
    readonly dtype: WeightDtype,
    readonly entry: Entry,
  ) {}
}

class TorchTensor {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

function fail(path: string, what: string, cause?: unknown): never {
  throw new ClipSegError('invalid-checkpoint', `${path}: ${what}.`, { cause });
}

async function readDirectory(file: RandomAccessFile): Promise<Map<string, Entry>> {
  const { path } = file;
  const magic = file.size >= 4 ? await file.read(0, 4) : new Uint8Array();
  if (magic[0] !== 0x50 || magic[1] !== 0x4b) {
    fail(path, 'it is no zip, so from torch before 1.6 or no checkpoint; save it as safetensors');
  }
  const entries = new Map<string, Entry>();
  try {
    const zip = await openZip(path, { autoClose: false, lazyEntries: true });
    try {
      for await (const entry of zip.eachEntry()) {
        if (entry.compressionMethod !== 0) fail(path, `${entry.fileName} is compressed`);
        const header = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
        const { fileDataStart: offset } = header;
        const size = entry.uncompressedSize;
        if (offset + size > file.size) fail(path, `${entry.fileName} is cut off`);
        entries.set(entry.fileName, { offset, size });
      }
    } finally {
      zip.close();
    }
  } catch (cause) {
    if (ClipSegError.isInstance(cause)) throw cause;
    fail(path, `its zip directory cannot be read: ${(cause as Error).message}`, cause);
  }
  return entries;
}

// The promise interface of yauzl 3, which its separately kept types do not have yet.
interface Zip {
  eachEntry(): AsyncIterable<yauzl.Entry>;
  readLocalFileHeaderPromise(
    entry: yauzl.Entry,
    options: { minimal: true },
  ): Promise<{ fileDataStart: number }>;
  close(): void;
}
const openZip = (yauzl as unknown as { openPromise(path: string, options: object): Promise<Zip> })
  .openPromise;

const isWhole = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

function loadStorage(path: string, folder: string, entries: Map<string, Entry>, id: unknown) {
  const [kind, type, key] = Array.isArray(id) ? id : [];
  const dtype = storageTypes[(type as { name?: string } | undefined)?.name ?? ''];
  const entry = entries.get(`${folder}data/${key}`);
  if (kind !== 'storage' || !dtype || !entry) fail(path, `it has no storage ${String(key)}`);
  return new Storage(dtype, entry);
}

function rebuildTensor(path: string, args: readonly unknown[]): TorchTensor {
  const [storage, offset, shape, strides] = args;
  const lists = [shape, strides].every((list) => Array.isArray(list) && list.every(isWhole));
  if (!(storage instanceof Storage) || !isWhole(offset) || !lists) fail(path, 'a tensor is odd');
  const [sizes, steps] = [shape as number[], strides as number[]];
  if (sizes.length !== steps.length || sizes.length > 8) fail(path, 'a tensor is odd');
  const reach = sizes.reduce((sum, size, i) => sum + Math.max(0, size - 1) * (steps[i] ?? 0), 0);
  const count = sizes.reduce((n, size) => n * size, 1);
  const held = storage.entry.size / dtypeBytes[storage.dtype];
  // A stride of 0 can make a small storage an endless tensor.
  if (count > 0 && (offset + reach >= held || count > held))
    fail(path, 'a tensor exceeds its data');
  return new TorchTensor(storage, offset, sizes, steps);
}

const isContiguous = ({ shape, strides }: TorchTensor): boolean => {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== expected) return false;
    expected *= shape[i] as number;
  }
  return true;
};

/** Row-major copy of a tensor that is a view. */
function gather(bytes: Uint8Array, tensor: TorchTensor, width: number): Uint8Array {
  const { shape, strides } = tensor;
  const count = shape.reduce((n, size) => n * size, 1);
  const result = new Uint8Array(count * width);
  for (let i = 0; i < count; i++) {
    let rest = i;
    let from = tensor.offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] as number;
      from += (rest % size) * (strides[axis] as number);
      rest = Math.floor(rest / size);
    }
    result.set(bytes.subarray(from * width, (from + 1) * width), i * width);
  }
  return result;
}

function toWeight(file: RandomAccessFile, name: string, tensor: TorchTensor): Weight {
  const { dtype, entry } = tensor.storage;
  const width = dtypeBytes[dtype];
  const count = tensor.shape.reduce((n, size) => n * size, 1);
  return {
    name,
    dtype,
    shape: tensor.shape,
    async read(options) {
      if (isContiguous(tensor)) {
        return file.read(entry.offset + tensor.offset * width, count * width, options);
      }
      return gather(await file.read(entry.offset, entry.size, options), tensor, width);
    },
  };
}

/**
 * Opens what `torch.save(state_dict)` wrote; tensors are read when asked for, nothing is executed.
 * @throws ClipSegError `not-found`, `invalid-checkpoint`
 */
export function openTorch(path: string): Promise<Weights> {
  return withFile(path, async (file) => {
    const entries = await readDirectory(file);
    const pickle = [...entries].find(([name]) => /^([^/]+\/)?data\.pkl$/.test(name));
    if (!pickle) return fail(path, 'it holds no data.pkl: not written by torch.save');
    const [name, { offset, size }] = pickle;
    if (size > MAX_PICKLE) fail(path, `its data.pkl has ${size} bytes`);
    const folder = name.slice(0, -'data.pkl'.length);
    const root = readPickle(await file.read(offset, size), {
      source: path,
      allowed,
      persistentLoad: (id) => loadStorage(path, folder, entries, id),
      reduce(callee, args) {
        if (callee === ORDERED_DICT) return new Map(args[0] as [] | undefined);
        if (callee === TENSOR) return rebuildTensor(path, args);
        if (callee === PARAMETER) return args[0];
        return fail(path, `it calls ${callee}`);
      },
    });
    const state = stateDict(path, root);
    const weights = [...state].flatMap(([key, value]) =>
      value instanceof TorchTensor ? [toWeight(file, String(key), value)] : [],
    );
    return weightsOf(weights, () => file.close());
  });
}

/** The dictionary of tensors: the root itself, or what training scripts wrap it in. */
function stateDict(path: string, root: unknown): Map<unknown, unknown> {
  if (root instanceof Map) {
    for (const key of ['state_dict', 'model']) {
      const inner = root.get(key);
      if (inner instanceof Map) return inner;
    }
    return root;
  }
  return fail(path, 'it holds no dictionary of tensors');
}
