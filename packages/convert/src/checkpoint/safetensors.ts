import { ClipSegError } from '@clipseg/core';
import { type RandomAccessFile, withFile } from './file.js';
import { dtypeBytes, type Weight, type WeightDtype, type Weights, weightsOf } from './weights.js';

const MAX_HEADER = 100_000_000; // as the reference implementation limits it

function fail(path: string, what: string, cause?: unknown): never {
  const message = `${path} is no valid safetensors file: ${what}. Fetch it again.`;
  throw new ClipSegError('invalid-checkpoint', message, { cause });
}

async function readHeader(file: RandomAccessFile): Promise<{ json: object; start: number }> {
  const { path, size } = file;
  if (size < 8) fail(path, `it has ${size} bytes`);
  const prefix = await file.read(0, 8);
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (length > Math.min(MAX_HEADER, size - 8)) fail(path, `its header claims ${length} bytes`);
  const bytes = await file.read(8, length);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    fail(path, 'its header is not JSON', cause);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    fail(path, 'its header is no object');
  }
  return { json, start: 8 + length };
}

function weight(file: RandomAccessFile, start: number, name: string, entry: unknown): Weight {
  const wrong = (what: string): never => fail(file.path, `${JSON.stringify(name)} ${what}`);
  const { dtype, shape, data_offsets: range } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypeBytes, dtype)) wrong(`has dtype ${dtype}`);
  const whole = (v: unknown) => Number.isSafeInteger(v) && Number(v) >= 0;
  if (!Array.isArray(shape) || !shape.every(whole)) return wrong('has no shape');
  if (!Array.isArray(range) || range.length !== 2 || !range.every(whole)) {
    return wrong('has no data_offsets');
  }
  const [from, to] = range as [number, number];
  const bytes = shape.reduce((n, d) => n * d, dtypeBytes[dtype as WeightDtype]);
  if (to - from !== bytes) wrong(`has ${to - from} bytes, its shape needs ${bytes}`);
  if (start + to > file.size) wrong(`ends at byte ${start + to} of ${file.size}: it is cut off`);
  return {
    name,
    dtype: dtype as WeightDtype,
    shape,
    read: (options) => file.read(start + from, bytes, options),
  };
}

/**
 * Opens a safetensors file; tensors are read when asked for.
 * @throws ClipSegError `not-found`, `invalid-checkpoint`
 */
export function openSafetensors(path: string): Promise<Weights> {
  return withFile(path, async (file) => {
    const { json, start } = await readHeader(file);
    const entries = Object.entries(json).filter(([name]) => name !== '__metadata__');
    const weights = entries.map(([name, entry]) => weight(file, start, name, entry));
    return weightsOf(weights, () => file.close());
  });
}
