import { MAX_PIXELS } from '../image/raw-image.js';
import { reading } from '../util/check.js';
import { ClipSegError } from '../util/errors.js';
import { showValue } from '../util/show-value.js';

/** The content of a `.npy` file. */
export type NpyData = Float32Array | Int32Array | Uint16Array | Uint8Array;

const kinds = {
  '<f4': Float32Array,
  '<i4': Int32Array,
  '<u2': Uint16Array,
  '|u1': Uint8Array,
} as const;
type Descr = keyof typeof kinds;

const MAGIC = '\x93NUMPY';
/** Length of magic, version and header length. */
const PREFIX = 10;

const fail = (what: string): never => {
  throw new ClipSegError('invalid-argument', `The .npy file ${what}.`);
};

/** NumPy's largest number of dimensions. */
const MAX_DIMENSIONS = 64;

function checkShape(shape: unknown, count: number): void {
  reading('The shape', () => {
    const sides: unknown[] = Array.isArray(shape) ? Array.from(shape) : [Number.NaN];
    const whole = sides.every((side) => Number.isSafeInteger(side) && (side as number) >= 0);
    const product = sides.reduce<number>((all, side) => all * Number(side), 1);
    if (whole && sides.length <= MAX_DIMENSIONS && product === count) return;
    fail(`of shape ${showValue(shape)} does not hold ${count} values`);
  });
}

/**
 * Writes NumPy's format, version 1.0, little-endian, in C order.
 * @param shape e.g. [height, width]; its product is the number of values
 * @throws ClipSegError `invalid-argument`
 */
export function toNpy(data: NpyData, shape: readonly number[]): Uint8Array {
  const descr = reading('What to write', () => {
    const found = (Object.keys(kinds) as Descr[]).find((key) => data instanceof kinds[key]);
    return found ?? fail('takes float32, int32, uint16 and uint8 only');
  });
  checkShape(
    shape,
    reading('What to write', () => data.length),
  );
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = Math.ceil((PREFIX + dictionary.length + 1) / 64) * 64;
  const header = `${dictionary.padEnd(start - PREFIX - 1)}\n`;
  const bytes = new Uint8Array(start + data.byteLength);
  const write = (text: string, at: number) => {
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  };
  write(`${MAGIC}\x01\x00`, 0);
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  write(header, PREFIX);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}

/**
 * Reads `.npy` files of `toNpy` and NumPy.
 * @throws ClipSegError `invalid-argument` saying what it cannot read
 */
export function fromNpy(file: Uint8Array): { data: NpyData; shape: number[] } {
  reading('The .npy file', () => {
    if (!(file instanceof Uint8Array)) fail(`is ${showValue(file)}, not bytes (Uint8Array)`);
  });
  const bytes = new Uint8Array(file); // an aligned copy that starts at 0; slice() of a Buffer is neither
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, MAGIC.length) !== MAGIC) fail('begins with something else than NumPy does');
  if (file.length < PREFIX) fail(`has ${file.length} bytes, too few for a header`);
  if (bytes[6] !== 1) fail(`has the format version ${bytes[6]}, not 1`);
  const start = PREFIX + new DataView(bytes.buffer).getUint16(8, true);
  if (start > bytes.length) fail(`ends within its header of ${start - PREFIX} bytes`);
  const header = text(PREFIX, start);
  const descr = /'descr': *'([^']*)'/.exec(header)?.[1] ?? '';
  const tuple = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  if (!Object.hasOwn(kinds, descr) || tuple === undefined) {
    return fail(`has the header ${showValue(header.trim(), 120)}`);
  }
  if (!/'fortran_order': *False/.test(header)) fail('is in Fortran order');
  const sides = tuple.split(',').filter((side) => side.trim() !== '');
  const shape = sides.map(Number);
  if (sides.length > MAX_DIMENSIONS || !shape.every(Number.isSafeInteger)) {
    return fail(`has the shape ${showValue(tuple)}`);
  }
  const count = shape.reduce((product, side) => product * side, 1);
  const Kind = kinds[descr as Descr];
  const length = bytes.length - start;
  if (count > MAX_PIXELS || length !== count * Kind.BYTES_PER_ELEMENT) {
    fail(`has ${length} bytes of values, which are not ${shape.join(' x ')} of ${descr}`);
  }
  // NumPy's headers end at a multiple of 64. Others may not, so the values are moved.
  return { data: new Kind(bytes.buffer.slice(start)), shape };
}
