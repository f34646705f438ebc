import { showValue } from '@clipseg/core/internal';
import { showName } from '../files/show-name.js';
import { type RandomAccessFile, withFile } from './file.js';
import { invalid } from './invalid.js';
import { checkPointer } from './lfs-pointer.js';
import { PickleGlobal, readPickle } from './pickle.js';
import { rebuildTensor, TorchStorage, TorchTensor, toWeight } from './torch-tensor.js';
import { dtypeBytes, tensorBytes, type WeightDtype, type Weights, weightsOf } from './weights.js';
import { readZipEntries, type ZipEntry } from './zip.js';

// Format of torch.save since 1.6: a zip of NAME/data.pkl and one NAME/data/KEY per storage. The
// pickle is a dictionary of tensors that refer to storages by "persistent ids".

const storageTypes: ReadonlyMap<string, WeightDtype> = new Map([
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.DoubleStorage', 'F64'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
]);
const TENSOR = 'torch._utils._rebuild_tensor_v2';
const PARAMETER = 'torch._utils._rebuild_parameter';
const SIZE = 'torch.Size';
const ORDERED_DICT = 'collections.OrderedDict';
const functions = new Set([TENSOR, PARAMETER, SIZE, ORDERED_DICT]);

// A CLIPSeg's pickle has 100 kB; a training state of thousands of tensors a few megabytes.
const MAX_PICKLE = 16 * 2 ** 20;
const MAX_KEY = 100;
const isPair = (value: unknown): value is [unknown, unknown] =>
  Array.isArray(value) && value.length === 2;

/** Interprets a call in the pickle, without executing code from the file. */
function reduce(path: string, callee: string, args: readonly unknown[]): unknown {
  const [first] = args;
  if (callee === TENSOR) {
    const tensor = rebuildTensor(args);
    return typeof tensor === 'string' ? invalid(path, tensor) : tensor;
  }
  if (callee === PARAMETER && first instanceof TorchTensor) return first;
  if (callee === SIZE && Array.isArray(first)) return first;
  if (callee === ORDERED_DICT && args.length === 0) return new Map();
  if (callee === ORDERED_DICT && Array.isArray(first) && first.every(isPair)) return new Map(first);
  return invalid(path, `it calls ${callee} with arguments that torch.save does not write`);
}

/** Resolves a persistent id ('storage', type, key, device, element count) to a storage. */
function loadStorage(
  path: string,
  folder: string,
  entries: ReadonlyMap<string, ZipEntry>,
  id: unknown,
): TorchStorage {
  const [kind, type, key, , count] = Array.isArray(id) ? id : [];
  if (kind !== 'storage' || !(type instanceof PickleGlobal) || typeof key !== 'string') {
    return invalid(path, 'a storage has an unknown description');
  }
  // Looking up a long key takes time, and a pickle can repeat the lookup with two bytes.
  if (key.length > MAX_KEY) return invalid(path, `a storage has the key ${showValue(key)}`);
  const dtype = storageTypes.get(type.name);
  const entry = entries.get(`${folder}data/${key}`);
  if (!dtype) return invalid(path, `a storage has the type ${showName(type.name)}`);
  if (!entry) return invalid(path, `its zip has no storage ${showValue(key)}`);
  if (!Number.isSafeInteger(count) || (count as number) * dtypeBytes[dtype] !== entry.size) {
    return invalid(
      path,
      `storage ${showName(key)} has ${entry.size} bytes, which contradicts its pickle`,
    );
  }
  return new TorchStorage(dtype, entry);
}

const WRAPPERS = ['state_dict', 'model_state_dict', 'model', 'module', 'net'];

/** Finds the dictionary of tensors: the root, or an entry where training scripts put it. */
function stateDict(path: string, root: unknown): ReadonlyMap<unknown, unknown> {
  if (!(root instanceof Map)) return invalid(path, 'it does not contain a dictionary of tensors');
  const inner = WRAPPERS.map((key) => root.get(key));
  return inner.find((value) => value instanceof Map) ?? root;
}

// Tensors may share a storage (tied weights) and repeat its elements.
const MAX_SHARING = 4;
const MAX_REPEATED = 16 * 2 ** 20;

/** Limits the total size of the tensors, so that a few bytes cannot claim terabytes. */
function checkTotal({ path, size }: RandomAccessFile, tensors: readonly TorchTensor[]): void {
  let total = 0;
  for (const { shape, storage } of tensors) total += tensorBytes(storage.dtype, shape) ?? 0;
  if (total > MAX_SHARING * size + MAX_REPEATED) {
    invalid(path, `its tensors claim ${total} bytes of a file of ${size}`);
  }
}

async function checkMagic(file: RandomAccessFile): Promise<void> {
  const { path, size } = file;
  await checkPointer(file);
  if (size < 4) invalid(path, `it has ${size} bytes: not a checkpoint, or a truncated download`);
  const [a, b] = await file.read(0, 2);
  if (a === 0x50 && b === 0x4b) return; // PK
  const advice = 'Load it with torch and save it again as safetensors';
  if (a === 0x80) invalid(path, `it has the format of torch before 1.6. ${advice}`);
  invalid(path, 'torch.save did not write it');
}

async function checkByteOrder(file: RandomAccessFile, entry: ZipEntry | undefined): Promise<void> {
  if (!entry || entry.size > 16) return;
  const order = new TextDecoder().decode(await file.read(entry.offset, entry.size));
  if (order.trim() !== 'little') {
    invalid(file.path, `its numbers are ${showValue(order)}-endian; save it as safetensors`);
  }
}

/**
 * Opens a file written by `torch.save(state_dict)`: reads the directory and the pickle, without
 * executing anything. Tensors are read on demand; other entries are ignored.
 * @throws ClipSegError `not-found`, `io`, `invalid-checkpoint`, `aborted`
 */
export function openTorch(path: string, options?: { signal?: AbortSignal }): Promise<Weights> {
  return withFile(path, async (file) => {
    await checkMagic(file);
    const entries = await readZipEntries(file, options);
    const pickle = [...entries].find(([name]) => /^([^/]+\/)?data\.pkl$/.test(name));
    if (!pickle) return invalid(path, 'it has no data.pkl: torch.save did not write it');
    const [name, { offset, size }] = pickle;
    if (size > MAX_PICKLE) invalid(path, `its data.pkl has ${size} bytes, above ${MAX_PICKLE}`);
    const folder = name.slice(0, -'data.pkl'.length);
    await checkByteOrder(file, entries.get(`${folder}byteorder`));
    const root = readPickle(await file.read(offset, size, options), {
      source: path,
      allowed: (global) => functions.has(global) || storageTypes.has(global),
      persistentLoad: (id) => loadStorage(path, folder, entries, id),
      reduce: (callee, args) => reduce(path, callee, args),
    });
    const tensors = [...stateDict(path, root)].filter(
      (entry): entry is [string, TorchTensor] =>
        typeof entry[0] === 'string' && entry[1] instanceof TorchTensor,
    );
    if (tensors.length === 0) invalid(path, 'it contains no tensors');
    checkTotal(
      file,
      tensors.map(([, tensor]) => tensor),
    );
    const weights = tensors.map(([key, tensor]) => toWeight(file, key, tensor));
    return weightsOf(weights, () => file.close());
  });
}
