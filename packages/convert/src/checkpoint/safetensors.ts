import { ClipSegError, showValue } from '@clipseg/core';
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

// A file is: 8 bytes N, N bytes of JSON { name: { dtype, shape, data_offsets } }, the data. The
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
  const message = `${path} is no valid safetensors file: ${what}. Fetch it again.`;
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
  if (!isObject(json)) fail(path, 'its header is no JSON object');
  const twice = duplicateKey(text);
  if (twice !== undefined) fail(path, `its header has the key ${showValue(twice)} twice`);
  return { json, start: 8 + length };
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

function parseEntry(path: string, name: string, value: unknown): Entry {
  const wrong = (what: string): never => fail(path, `${showValue(name)} ${what}`);
  if (!isObject(value)) return wrong('is described by no object');
  const { dtype, shape, data_offsets: range } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypeBytes, dtype)) {
    return wrong(`has the unknown dtype ${showValue(dtype)}`);
  }
  if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every(isCount)) {
    return wrong('has no valid shape');
  }
  if (!Array.isArray(range) || range.length !== 2 || !range.every(isCount)) {
    return wrong('has no valid data_offsets');
  }
  const [from, to] = range as [number, number];
  const bytes = tensorBytes(dtype as WeightDtype, shape);
  if (bytes === undefined) return wrong('has a shape too large for any file');
  if (to - from !== bytes) return wrong(`has ${to - from} bytes, its shape needs ${bytes}`);
  return { name, dtype: dtype as WeightDtype, shape, from, to };
}

/** The data belongs to the tensors without overlap, gap or rest: nothing is hidden or cut off. */
function checkRanges(path: string, entries: readonly Entry[], dataBytes: number): void {
  let end = 0;
  for (const { name, from, to } of entries.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < end) fail(path, `the data of ${showValue(name)} overlaps another tensor's`);
    if (from > end) fail(path, `before ${showValue(name)} are ${from - end} unused bytes`);
    end = to;
  }
  if (end > dataBytes) fail(path, `it is cut off: ${dataBytes} of ${end} bytes of data are there`);
  if (end < dataBytes) fail(path, `after the last tensor are ${dataBytes - end} unused bytes`);
}

/**
 * Opens a safetensors file: reads its header; tensors are read when asked for.
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
