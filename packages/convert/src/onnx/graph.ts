import { ClipSegError } from '@clipseg/core';

export type OnnxType = 'float32' | 'float16' | 'int64' | 'int32' | 'int8' | 'uint8' | 'bool';
/** A size, or a name if it is known only at run time. */
export type Dim = number | string;

/** The output of a node, an input or a weight, with its shape as known at build time. */
export interface Value {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly Dim[];
}

export type Attribute = number | string | readonly number[] | { readonly float: number } | Branch;

export interface Node {
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** One branch of an If. It can use the values and weights of the surrounding graph. */
export interface Branch {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly output: Value;
}

/** A weight whose bytes are read only while the file is written. */
export interface Initializer {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly number[];
  readonly byteLength: number;
  read(options?: { signal?: AbortSignal }): Promise<Uint8Array>;
}

const byteSize: Record<OnnxType, number> = {
  float32: 4,
  float16: 2,
  int64: 8,
  int32: 4,
  int8: 1,
  uint8: 1,
  bool: 1,
};

interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
}

/** An ONNX graph under construction. The functions in ops.ts add nodes and check shapes. */
export class Graph {
  #nodes: Node[] = [];
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  readonly initializers = new Map<string, Initializer>();
  readonly #values = new Map<string, Value>();
  readonly name: string;
  #next = 0;

  constructor(name: string) {
    this.name = name;
  }

  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  input(name: string, type: OnnxType, dims: readonly Dim[]): Value {
    const value = { name, type, dims };
    this.inputs.push(value);
    return value;
  }

  output(name: string, value: Value): void {
    this.#nodes.push({
      opType: 'Identity',
      domain: '',
      inputs: [value.name],
      outputs: [name],
      attributes: {},
    });
    this.outputs.push({ ...value, name });
  }

  /** Adds a weight, or returns the existing one of the same name. */
  weight(initializer: Initializer): Value {
    const { name, type, dims, byteLength } = initializer;
    const known = this.#values.get(name);
    if (known) {
      if (known.type === type && known.dims.join() === dims.join()) return known;
      throw shapeError(this, 'Initializer', `${name} is used with two types or shapes`);
    }
    const expected = dims.reduce((a, b) => a * b, 1) * byteSize[type];
    if (byteLength !== expected) {
      throw shapeError(this, 'Initializer', `${name} has ${byteLength} bytes, not ${expected}`);
    }
    this.initializers.set(name, initializer);
    const value = { name, type, dims };
    this.#values.set(name, value);
    return value;
  }

  /** Adds small integer constants: shapes, axes, indices. */
  int64(values: readonly number[], dims: readonly number[] = [values.length]): Value {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.weight({
      name: `int64:${values.join(',')}:${dims.join('x')}`,
      type: 'int64',
      dims,
      byteLength: bytes.byteLength,
      read: async () => bytes,
    });
  }

  /** Collects the nodes that `build` adds in a branch; weights belong to the whole graph. */
  branch(name: string, build: () => Value): Branch {
    const outer = this.#nodes;
    this.#nodes = [];
    const output = build();
    const branch = { name, nodes: this.#nodes, output };
    this.#nodes = outer;
    return branch;
  }

  node(
    opType: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly (Omit<Value, 'name'> | undefined)[],
    { attributes = {}, domain = '' }: NodeOptions = {},
  ): Value[] {
    const id = this.#next++;
    const values = outputs.map((output, i) => ({
      name: output ? `${opType}_${id}${i ? `_${i}` : ''}` : '',
      type: output?.type ?? 'float32',
      dims: output?.dims ?? [],
    }));
    this.#nodes.push({
      opType,
      domain,
      inputs: inputs.map((value) => value?.name ?? ''),
      outputs: values.map((value) => value.name),
      attributes,
    });
    return values;
  }
}

export function shapeError(graph: Graph, op: string, detail: string): ClipSegError {
  return new ClipSegError('invalid-checkpoint', `Graph ${graph.name}, ${op}: ${detail}.`);
}
