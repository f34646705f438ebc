import { ClipSegError } from '@clipseg/core';
import { showFirst, showName } from '../files/show-name.js';
import { readFloat32, type Weight, type Weights } from './weights.js';

/** A float32 tensor that is read from the checkpoint and transformed only when it is written. */
export interface Parameter {
  readonly name: string;
  readonly dims: readonly number[];
  read(options?: { signal?: AbortSignal }): Promise<Float32Array>;
}

// Not needed: CLIP's contrastive temperature, buffers, and an unused layer of the original.
const ignored = /(^|\.)(logit_scale|position_ids)$|^decoder\.reduce\./;

// Building stops after this many missing weights.
const MAX_MISSING = 1000;

/** Reads a weight and checks its values, as a single NaN would make all masks NaN. */
async function readFinite(weight: Weight, options?: { signal?: AbortSignal }) {
  const values = await readFloat32(weight, options);
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new ClipSegError(
      'invalid-checkpoint',
      `The weight ${showName(weight.name)} contains ${values[i]}: its training failed, or the file is damaged.`,
    );
  }
  return values;
}

/** Gives access to the checkpoint's tensors by name and tracks which were taken. */
export class Parameters {
  readonly #weights: Weights;
  readonly #taken = new Set<string>();
  readonly #missing = new Set<string>();
  readonly #misshapen = new Set<string>();
  #unused: readonly string[] = [];

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  take(name: string, dims: readonly number[]): Parameter {
    this.#taken.add(name);
    if (!this.#weights.has(name)) {
      this.#missing.add(`missing ${name} [${dims.join(', ')}]`);
      if (this.#missing.size > MAX_MISSING) throw this.error();
      return { name, dims, read: () => Promise.reject(this.error()) };
    }
    const weight = this.#weights.get(name);
    if (weight.shape.join() !== dims.join()) {
      this.#misshapen.add(
        `${name} is [${weight.shape.join(', ')}], but [${dims.join(', ')}] according to config.json`,
      );
    }
    return { name, dims, read: (options) => readFinite(weight, options) };
  }

  /**
   * Call after building all graphs. @throws ClipSegError `invalid-checkpoint` with the first keys
   */
  finish(): void {
    const unused = this.#weights.names.filter((name) => !this.#taken.has(name));
    this.#unused = unused.filter((name) => !ignored.test(name)).map(showName);
    if (this.#missing.size + this.#misshapen.size + this.#unused.length > 0) throw this.error();
  }

  error(): ClipSegError {
    const unused = this.#unused.map((name) => `unused ${name}`);
    const lists = [[...this.#missing], [...this.#misshapen], unused];
    const count = lists.reduce((sum, list) => sum + list.length, 0);
    const shown = lists.filter((list) => list.length > 0).map((list) => showFirst(list, '; '));
    return new ClipSegError(
      'invalid-checkpoint',
      `The weights do not match config.json (${count} keys): ${shown.join('; ')}.`,
    );
  }
}

/** Transposes [rows, columns] in tiles that fit the CPU cache. */
export function transposed(parameter: Parameter): Parameter {
  const [rows, columns] = parameter.dims as [number, number];
  return {
    name: `${parameter.name}.T`,
    dims: [columns, rows],
    async read(options) {
      const from = await parameter.read(options);
      const to = new Float32Array(from.length);
      const tile = 32;
      for (let r0 = 0; r0 < rows; r0 += tile) {
        const r1 = Math.min(rows, r0 + tile);
        for (let c0 = 0; c0 < columns; c0 += tile) {
          const c1 = Math.min(columns, c0 + tile);
          for (let r = r0; r < r1; r++) {
            for (let c = c0; c < c1; c++) to[c * rows + r] = from[r * columns + c]!;
          }
        }
      }
      return to;
    },
  };
}

/** Multiplies each row (axis 0), column (axis 1), or entry of a vector by its factor. */
export function scaled(parameter: Parameter, axis: 0 | 1, factors: Float32Array): Parameter {
  const columns = parameter.dims[1] ?? 1;
  return {
    ...parameter,
    async read(options) {
      const values = (await parameter.read(options)).slice();
      for (let i = 0; i < values.length; i++) {
        const factor = factors[axis === 0 ? Math.floor(i / columns) : i % columns]!;
        values[i] = values[i]! * factor;
      }
      return values;
    },
  };
}

/** Concatenates vectors. */
export function joined(parameters: readonly Parameter[]): Parameter {
  const length = parameters.reduce((sum, { dims }) => sum + dims[0]!, 0);
  return {
    name: parameters.map(({ name }) => name).join('+'),
    dims: [length],
    async read(options) {
      const all = new Float32Array(length);
      let at = 0;
      for (const parameter of parameters) {
        const values = await parameter.read(options);
        all.set(values, at);
        at += values.length;
      }
      return all;
    },
  };
}
