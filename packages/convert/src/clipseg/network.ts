import {
  joined,
  type Parameter,
  type Parameters,
  scaled,
  transposed,
} from '../checkpoint/parameters.js';
import type { Graph, OnnxType, Value } from '../onnx/graph.js';
import * as ops from '../onnx/ops.js';
import { fp16Bytes } from '../quantize/float16.js';
import { dynamicInt8, int8Rows } from '../quantize/int8.js';
import { dynamicUint8 } from '../quantize/uint8.js';

/** Options of a graph: float type, quantization of linear layers, fused operators. */
export interface NetworkOptions {
  readonly type?: 'float32' | 'float16';
  readonly linear?: 'float' | 'int8' | 'uint8';
  /** `standard` uses only ONNX operators; `fused` also those of ONNX Runtime (com.microsoft). */
  readonly operators?: 'fused' | 'standard';
  /** Factors that move outlier channels into the weights, by producing layer. */
  readonly smoothing?: ReadonlyMap<string, Float32Array>;
  /** Called with each activation that smoothing needs. */
  readonly observe?: (producer: string, activation: Value) => void;
}

const inverse = (values: Float32Array): Float32Array => values.map((value) => 1 / value);

/** A graph under construction, with the layers that both encoders and the decoder use. */
export class Network {
  readonly graph: Graph;
  readonly parameters: Parameters;
  readonly type: 'float32' | 'float16';
  readonly fused: boolean;
  readonly #options: NetworkOptions;

  constructor(graph: Graph, parameters: Parameters, options: NetworkOptions = {}) {
    this.graph = graph;
    this.parameters = parameters;
    this.type = options.type ?? 'float32';
    this.fused = options.operators !== 'standard';
    this.#options = options;
  }

  observe(producer: string, activation: Value): void {
    this.#options.observe?.(producer, activation);
  }

  smoothing(producer: string | undefined): Float32Array | undefined {
    return producer === undefined ? undefined : this.#options.smoothing?.get(producer);
  }

  /** Adds a checkpoint tensor to the graph. */
  weight(parameter: Parameter, type: OnnxType = this.type): Value {
    const count = parameter.dims.reduce((a, b) => a * b, 1);
    const half = type === 'float16';
    return this.graph.weight({
      name: parameter.name,
      type,
      dims: parameter.dims,
      byteLength: count * (half ? 2 : 4),
      async read(options) {
        const values = await parameter.read(options);
        if (half) return fp16Bytes(values, parameter.name);
        return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      },
    });
  }

  take(name: string, dims: readonly number[]): Value {
    return this.weight(this.parameters.take(name, dims));
  }

  /**
   * Linear layer, x [..., in] -> [..., out]. `input` names the layer whose smoothing was applied to
   * x; `output` names a smoothing to apply to the result.
   */
  linear(
    x: Value,
    name: string,
    [outFeatures, inFeatures]: readonly [number, number],
    { bias = true, input, output }: { bias?: boolean; input?: string; output?: string } = {},
  ): Value {
    let weight = this.parameters.take(`${name}.weight`, [outFeatures, inFeatures]);
    let b = bias ? this.parameters.take(`${name}.bias`, [outFeatures]) : undefined;
    const inFactors = this.smoothing(input);
    const outFactors = this.smoothing(output);
    if (inFactors) weight = scaled(weight, 1, inFactors);
    if (outFactors) {
      weight = scaled(weight, 0, inverse(outFactors));
      b = b && scaled(b, 0, inverse(outFactors));
    }
    const biasValue = b && this.weight(b);
    const { linear } = this.#options;
    if (linear === 'int8') return dynamicInt8(this.graph, x, weight, biasValue);
    if (linear === 'uint8') return dynamicUint8(this.graph, x, weight, biasValue);
    const product = ops.matMul(this.graph, x, this.weight(transposed(weight)));
    return biasValue ? ops.add(this.graph, product, biasValue) : product;
  }

  /** Whether attention adds the biases of q, k and v; 8-bit layers add theirs at no cost. */
  get attentionAddsBias(): boolean {
    return this.fused && (this.#options.linear ?? 'float') === 'float';
  }

  /** Concatenates the biases of several layers with `width` outputs. */
  biases(names: readonly string[], width: number): Value {
    return this.weight(joined(names.map((name) => this.parameters.take(`${name}.bias`, [width]))));
  }

  addBias(x: Value, name: string): Value {
    return ops.add(this.graph, x, this.take(`${name}.bias`, [x.dims.at(-1) as number]));
  }

  /**
   * LayerNormalization over the last axis, divided by its smoothing. SkipLayerNormalization is not
   * used, as it takes seven times as long on the CPU as adding first.
   */
  layerNorm(x: Value, name: string, eps: number): Value {
    const factors = this.smoothing(name);
    const width = x.dims.at(-1) as number;
    const [scale, bias] = (['weight', 'bias'] as const).map((part) => {
      const parameter = this.parameters.take(`${name}.${part}`, [width]);
      return this.weight(factors ? scaled(parameter, 0, inverse(factors)) : parameter);
    }) as [Value, Value];
    return ops.layerNormalization(this.graph, x, scale, bias, eps);
  }

  /** The same graph and weights without quantization. */
  floats(): Network {
    const { smoothing: _, linear: __, ...options } = this.#options;
    return new Network(this.graph, this.parameters, options);
  }

  /** Looks up rows of a table [count, width]. */
  embedding(indices: Value, name: string, dims: readonly [number, number]): Value {
    if (this.#options.linear && this.#options.linear !== 'float') {
      return int8Rows(this.graph, indices, this.parameters.take(name, dims));
    }
    return ops.gather(this.graph, this.take(name, dims), indices);
  }

  quickGelu(x: Value): Value {
    if (this.fused) return ops.quickGelu(this.graph, x);
    const alpha = this.scalar('quick_gelu.alpha', 1.702);
    return ops.mul(this.graph, x, ops.sigmoid(this.graph, ops.mul(this.graph, x, alpha)));
  }

  scalar(name: string, value: number): Value {
    const read = async () => Float32Array.of(value);
    return this.weight({ name, dims: [1], read });
  }
}
