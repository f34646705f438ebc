import { ClipSegError } from '../../util/errors.js';
import { isRecord } from '../../util/json.js';
import { safetensorsHeader } from '../../util/safetensors-header.js';

// A safetensors file with one tensor, `embeddings`: 8 bytes N, N bytes of JSON
// { __metadata__, embeddings: { dtype, shape, data_offsets } }, the data.

const NAME = 'embeddings';

export function writeEmbeddings(
  rows: readonly Float32Array[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const width = rows[0]?.length ?? 0;
  const size = 4 * width * rows.length;
  const entry = { dtype: 'F32', shape: [rows.length, width], data_offsets: [0, size] };
  const json = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, [NAME]: entry }));
  const start = 8 + Math.ceil(json.length / 8) * 8; // aligns the data
  const file = new Uint8Array(start + size);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(start - 8), true);
  file.fill(0x20, 8, start);
  file.set(json, 8);
  for (const [r, row] of rows.entries()) {
    for (const [i, value] of row.entries())
      view.setFloat32(start + 4 * (r * width + i), value, true);
  }
  return file;
}

function fail(what: string, cause?: unknown): never {
  const message = `The file holds no embeddings: ${what}. Write it again.`;
  throw new ClipSegError('invalid-prompt', message, { cause });
}

/** @throws ClipSegError `invalid-prompt` unless it is a safetensors file with only `embeddings` */
export function readEmbeddings(file: Uint8Array): {
  rows: Float32Array[];
  metadata: Readonly<Partial<Record<string, string>>>;
} {
  const { header, start } = safetensorsHeader(file, fail);
  const { __metadata__: metadata = {}, ...tensors } = header;
  const tensor = tensors[NAME];
  if (Object.keys(tensors).length !== 1 || !isRecord(tensor)) fail(`no tensor ${NAME} alone`);
  const { dtype, shape, data_offsets: range } = tensor as Record<string, unknown>;
  const isSize = (v: unknown) => Number.isSafeInteger(v) && Number(v) >= 0;
  if (
    dtype !== 'F32' ||
    !Array.isArray(shape) ||
    shape.length !== 2 ||
    !shape.every(isSize) ||
    shape.includes(0)
  ) {
    return fail(`${NAME} is no F32 of [count, projectionDim]`);
  }
  const [count, width] = shape as [number, number];
  const size = 4 * count * width;
  const whole = Array.isArray(range) && range.length === 2 && range[0] === 0 && range[1] === size;
  if (!whole || file.length !== start + size) {
    fail(`it has ${file.length - start} bytes of data, not ${size}`);
  }
  if (!isRecord(metadata) || !Object.values(metadata).every((v) => typeof v === 'string')) {
    fail('its metadata are no texts');
  }
  const data = new Float32Array(new Uint8Array(file.subarray(start)).buffer); // a copy, aligned
  const rows = Array.from({ length: count }, (_, r) => data.slice(r * width, (r + 1) * width));
  return { rows, metadata: metadata as Record<string, string> };
}
