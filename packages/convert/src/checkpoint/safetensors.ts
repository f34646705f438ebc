import { ClipSegError } from '@clipseg/core';
import { showValue } from '@clipseg/core/internal';
import { type RandomAccessFile, withFile } from './file.js';
import { duplicateKey, isObject } from './json.js';
import { checkPointer } from './lfs-pointer.js';
import {
  dtypeBytes,
  tensorBytes,
  type Weight,
  type WeightDtype,
  type Weights,
  weightsOf,
} from './weights.js';

// File format: 8 bytes N, N bytes of JSON { name: { dtype, shape, data_offsets } }, the data. The
// checks are those of the reference implementation (safetensors/src/tensor.rs).

const MAX_HEADER = 100_000_000;
const MAX_RANK = 16; // a weight has 4 axes at most; messages show them all

interface Entry {
  readonly name: string;
  readonly dtype: WeightDtype;
  readonly shape: readonly number[];
  /** Byte range in the data. */
  readonly from: number;
  readonly to: number;
}

function fail(path: string, what: string, cause?: unknown): never {
  const message = `${path} is not a valid safetensors file: ${what}. Fetch it again.`;
  throw new ClipSegError('invalid-checkpoint', message, { cause });
}

async function readHeader(
  file: RandomAccessFile,
  options?: { signal?: AbortSignal },
): Promise<{ json: object; start: number }> {
  const { path, size } = file;
  await checkPointer(file);
  if (size < 8) fail(path, `it has ${size} bytes`);
  const prefix = await file.read(0, 8, options);
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (length > size - 8) fail(path, `its header claims ${length} bytes of a file of ${size}`);
  if (length > MAX_HEADER) fail(path, `its header has ${length} bytes, more than ${MAX_HEADER}`);
  const bytes = await file.read(8, length, options);
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    json = JSON.parse(text);
  } catch (cause) {
    return fail(path, 'its header is not JSON', cause);
  }
  if (!isObject(json)) fail(path, 'its header is not a JSON object');
  const twice = duplicateKey(text);
  if (twice !== undefined) fail(path, `its header has the key ${showValue(twice)} twice`);
  return { json, start: 8 + length };
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

function parseEntry(path: string, name: string, value: unknown): Entry {
  const invalidEntry = (what: string): never => fail(path, `${showValue(name)} ${what}`);
  if (!isObject(value)) return invalidEntry('is not described by an object');
  const { dtype, shape, data_offsets: range } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypeBytes, dtype)) {
    return invalidEntry(`has the unknown dtype ${showValue(dtype)}`);
  }
  if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every(isCount)) {
    return invalidEntry('has no valid shape');
  }
  if (!Array.isArray(range) || range.length !== 2 || !range.every(isCount)) {
    return invalidEntry('has no valid data_offsets');
  }
  const [from, to] = range as [number, number];
  const bytes = tensorBytes(dtype as WeightDtype, shape);
  if (bytes === undefined) return invalidEntry('has a shape too large for any file');
  if (to - from !== bytes) return invalidEntry(`has ${to - from} bytes, its shape needs ${bytes}`);
  return { name, dtype: dtype as WeightDtype, shape, from, to };
}

/** Checks that the tensors cover the data without overlaps or gaps. */
function checkRanges(path: string, entries: readonly Entry[], dataBytes: number): void {
  let end = 0;
  for (const { name, from, to } of entries.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < end) fail(path, `the data of ${showValue(name)} overlaps another tensor's`);
    if (from > end) fail(path, `there are ${from - end} unused bytes before ${showValue(name)}`);
    end = to;
  }
  if (end > dataBytes) fail(path, `it is truncated: it has ${dataBytes} of ${end} bytes of data`);
  if (end < dataBytes)
    fail(path, `there are ${dataBytes - end} unused bytes after the last tensor`);
}

/**
 * Opens a safetensors file and reads its header. Tensors are read on demand.
 * @throws ClipSegError `not-found`, `io`, `invalid-checkpoint`, `aborted`
 */
export function openSafetensors(
  path: string,
  options?: { signal?: AbortSignal },
): Promise<Weights> {
  return withFile(path, async (file) => {
    const { json, start } = await readHeader(file, options);
    const described = Object.entries(json).filter(([name]) => name !== '__metadata__');
    const entries = described.map(([name, value]) => parseEntry(path, name, value));
    checkRanges(path, entries, file.size - start);
    const weights = entries.map(
      ({ name, dtype, shape, from, to }): Weight => ({
        name,
        dtype,
        shape,
        read: (readOptions) => file.read(start + from, to - from, readOptions),
      }),
    );
    return weightsOf(weights, () => file.close());
  });
}
