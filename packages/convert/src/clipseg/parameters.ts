import { ClipSegError } from '@clipseg/core';
import { readFloat32, type Weights } from '../checkpoint/weights.js';

/** A float32 tensor that is read from the checkpoint, and transformed, only when it is written. */
export interface Parameter {
  readonly name: string;
  readonly dims: readonly number[];
  read(options?: { signal?: AbortSignal }): Promise<Float32Array>;
}

// Not weights of the segmentation: CLIP's contrastive temperature, buffers, the original's leftover.
const ignored = /(^|\.)(logit_scale|position_ids)$|^decoder\.reduce\./;

/** Hands out the checkpoint's tensors by name and keeps book of what was taken. */
export class Parameters {
  readonly #weights: Weights;
  readonly #taken = new Set<string>();
  readonly #problems = new Set<string>();

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  take(name: string, dims: readonly number[]): Parameter {
    this.#taken.add(name);
    if (!this.#weights.has(name)) {
      this.#problems.add(`missing ${name} [${dims.join(', ')}]`);
      return { name, dims, read: () => Promise.reject(this.error()) };
    }
    const weight = this.#weights.get(name);
    if (weight.shape.join() !== dims.join()) {
      this.#problems.add(
        `${name} is [${weight.shape.join(', ')}], config.json asks for [${dims.join(', ')}]`,
      );
    }
    return { name, dims, read: (options) => readFloat32(weight, options) };
  }

  /** Call when all graphs are built. @throws ClipSegError `invalid-checkpoint` naming every key */
  finish(): void {
    const unused = this.#weights.names.filter((name) => !this.#taken.has(name));
    for (const name of unused) if (!ignored.test(name)) this.#problems.add(`unused ${name}`);
    if (this.#problems.size) throw this.error();
  }

  error(): ClipSegError {
    const list = [...this.#problems];
    return new ClipSegError(
      'invalid-checkpoint',
      `The weights do not match config.json (${list.length} keys): ${list.join('; ')}.`,
    );
  }
}

/** [rows, columns] -> [columns, rows], in tiles that stay in the cache. */
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
            for (let c = c0; c < c1; c++) to[c * rows + r] = from[r * columns + c] as number;
          }
        }
      }
      return to;
    },
  };
}

/** Multiplies every row (axis 0) or column (axis 1), or each entry of a vector, by its factor. */
export function scaled(parameter: Parameter, axis: 0 | 1, factors: Float32Array): Parameter {
  const columns = parameter.dims[1] ?? 1;
  return {
    ...parameter,
    async read(options) {
      const values = (await parameter.read(options)).slice();
      for (let i = 0; i < values.length; i++) {
        const factor = factors[axis === 0 ? Math.floor(i / columns) : i % columns] as number;
        values[i] = (values[i] as number) * factor;
      }
      return values;
    },
  };
}

/** Vectors, one behind the other. */
export function joined(parameters: readonly Parameter[]): Parameter {
  const length = parameters.reduce((sum, { dims }) => sum + (dims[0] as number), 0);
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
