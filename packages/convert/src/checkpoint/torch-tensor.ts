import type { RandomAccessFile } from './file.js';
import { dtypeBytes, tensorBytes, type Weight, type WeightDtype } from './weights.js';
import type { ZipEntry } from './zip.js';

/** Storage of torch: a typed array in the file. */
export class TorchStorage {
  constructor(
    readonly dtype: WeightDtype,
    readonly entry: ZipEntry,
  ) {}
}

/** View of a storage; offset and strides are in elements. */
export class TorchTensor {
  constructor(
    readonly storage: TorchStorage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

const MAX_EXPANDED = 16 * 2 ** 20;

const isWhole = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= 8 && value.every(isWhole);

/** Makes a tensor from the arguments of _rebuild_tensor_v2; a message if they are invalid. */
export function rebuildTensor(args: readonly unknown[]): TorchTensor | string {
  const [storage, offset, shape, strides] = args;
  if (!(storage instanceof TorchStorage)) return 'a tensor has no storage';
  if (!isWhole(offset) || !isSizes(shape) || !isSizes(strides))
    return 'a tensor has no valid shape';
  if (shape.length !== strides.length) return 'a tensor has more sizes than strides, or fewer';
  const bytes = tensorBytes(storage.dtype, shape);
  const reach = shape.reduce((sum, size, i) => sum + (size - 1) * strides[i]!, offset);
  const held = storage.entry.size / dtypeBytes[storage.dtype];
  // An expanded tensor repeats elements with strides of 0, so a few bytes could claim terabytes.
  const limit = Math.max(storage.entry.size, MAX_EXPANDED);
  if (bytes === undefined || bytes > limit || (bytes > 0 && reach >= held)) {
    return `a tensor [${shape.join(', ')}] exceeds its storage of ${held} elements`;
  }
  return new TorchTensor(storage, offset, shape, strides);
}

function isContiguous({ shape, strides }: TorchTensor): boolean {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== expected) return false;
    expected *= shape[i]!;
  }
  return true;
}

/** Copies a strided view in row-major order; `from` starts at its first element. */
function gather(from: Uint8Array, { shape, strides }: TorchTensor, width: number): Uint8Array {
  const count = shape.reduce((n, size) => n * size, 1);
  const result = new Uint8Array(count * width);
  const index = shape.map(() => 0);
  let at = 0; // byte in `from` of the element at `index`
  for (let to = 0; to < result.length; to += width) {
    for (let b = 0; b < width; b++) result[to + b] = from[at + b]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = index[axis]! + 1;
      const step = strides[axis]! * width;
      at += step;
      if (next < shape[axis]!) {
        index[axis] = next;
        break;
      }
      at -= next * step;
      index[axis] = 0;
    }
  }
  return result;
}

/** Makes a weight that reads the tensor from the file on demand. */
export function toWeight(file: RandomAccessFile, name: string, tensor: TorchTensor): Weight {
  const { shape, strides, storage } = tensor;
  const width = dtypeBytes[storage.dtype];
  const start = storage.entry.offset + tensor.offset * width;
  const count = shape.reduce((n, size) => n * size, 1);
  const reach = shape.reduce((sum, size, i) => sum + (size - 1) * strides[i]!, 1);
  return {
    name,
    dtype: storage.dtype,
    shape,
    async read(options) {
      if (count === 0) return new Uint8Array();
      if (isContiguous(tensor)) return file.read(start, count * width, options);
      return gather(await file.read(start, reach * width, options), tensor, width);
    },
  };
}
