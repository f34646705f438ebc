import { ClipSegError } from '@clipseg/core';
import { PbfWriter } from 'pbf';
import type { Attribute, Branch, Graph, Initializer, Node, OnnxType, Value } from './graph.js';

// Field numbers and enums of onnx.proto (ONNX IR version 8, operator set 17).
const IR_VERSION = 8;
const OPSET = 17;
const MAX_BYTES = 2 ** 31 - 1;
const dataType: Record<OnnxType, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
};

function writeAttribute([name, value]: [string, Attribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (typeof value === 'number') {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, 2);
  } else if (typeof value === 'string') {
    pbf.writeStringField(4, value);
    pbf.writeVarintField(20, 3);
  } else if (isInts(value)) {
    for (const int of value) pbf.writeVarintField(8, int);
    pbf.writeVarintField(20, 7);
  } else if ('nodes' in value) {
    pbf.writeMessage(6, writeBranch, value);
    pbf.writeVarintField(20, 5);
  } else {
    pbf.writeFloatField(2, value.float);
    pbf.writeVarintField(20, 1);
  }
}

const isInts = (value: Attribute): value is readonly number[] => Array.isArray(value);

function writeBranch({ name, nodes, output }: Branch, pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, name);
  pbf.writeMessage(12, writeValueInfo, output);
}

function writeNode(node: Node, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, `${node.opType}:${node.outputs[0]}`);
  pbf.writeStringField(4, node.opType);
  for (const entry of Object.entries(node.attributes)) pbf.writeMessage(5, writeAttribute, entry);
  if (node.domain) pbf.writeStringField(7, node.domain);
}

function writeValueInfo(value: Value, pbf: PbfWriter): void {
  pbf.writeStringField(1, value.name);
  pbf.writeMessage(2, (_, type) => type.writeMessage(1, writeTensorType, value), value);
}

function writeTensorType(value: Value, pbf: PbfWriter): void {
  pbf.writeVarintField(1, dataType[value.type]);
  pbf.writeMessage(
    2,
    (dims, shape) => {
      for (const dim of dims) {
        shape.writeMessage(
          1,
          (d, entry) =>
            typeof d === 'number' ? entry.writeVarintField(1, d) : entry.writeStringField(2, d),
          dim,
        );
      }
    },
    value.dims,
  );
}

const bytesOf = (write: (pbf: PbfWriter) => void): Uint8Array => {
  const pbf = new PbfWriter();
  write(pbf);
  return pbf.finish();
};

/** Encodes a TensorProto without its bytes, which follow as the last field, raw_data. */
function tensorHeader(initializer: Initializer): Uint8Array {
  const fields = bytesOf((pbf) => {
    for (const dim of initializer.dims) pbf.writeVarintField(1, dim);
    pbf.writeVarintField(2, dataType[initializer.type]);
    pbf.writeStringField(8, initializer.name);
    pbf.writeTag(9, 2);
    pbf.writeVarint(initializer.byteLength);
  });
  const prefix = bytesOf((pbf) => {
    pbf.writeTag(5, 2);
    pbf.writeVarint(fields.length + initializer.byteLength);
  });
  return Buffer.concat([prefix, fields]);
}

/**
 * Yields an `.onnx` file in pieces. Weights are read one at a time, so that only one is in memory
 * (a protobuf library would need all of them).
 */
export async function* encodeModel(
  graph: Graph,
  { signal }: { signal?: AbortSignal } = {},
): AsyncGenerator<Uint8Array> {
  const structure = bytesOf((pbf) => {
    for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
    pbf.writeStringField(2, graph.name);
    for (const input of graph.inputs) pbf.writeMessage(11, writeValueInfo, input);
    for (const output of graph.outputs) pbf.writeMessage(12, writeValueInfo, output);
  });
  const initializers = [...graph.initializers.values()];
  const headers = initializers.map(tensorHeader);
  const graphBytes = initializers.reduce(
    (sum, { byteLength }, i) => sum + byteLength + headers[i]!.length,
    structure.length,
  );
  if (graphBytes > MAX_BYTES) {
    throw new ClipSegError(
      'invalid-checkpoint',
      `Graph ${graph.name} would have ${graphBytes} bytes; the limit of an .onnx file is 2 GiB.`,
    );
  }
  yield bytesOf((pbf) => {
    pbf.writeVarintField(1, IR_VERSION);
    pbf.writeStringField(2, '@clipseg/convert');
    for (const [domain, version] of [['', OPSET] as const, ['com.microsoft', 1] as const]) {
      pbf.writeMessage(
        8,
        (_, entry) => {
          entry.writeStringField(1, domain);
          entry.writeVarintField(2, version);
        },
        domain,
      );
    }
    pbf.writeTag(7, 2);
    pbf.writeVarint(graphBytes);
  });
  yield structure;
  for (const [i, initializer] of initializers.entries()) {
    yield headers[i]!;
    const bytes = await initializer.read({ signal });
    if (bytes.byteLength !== initializer.byteLength) {
      throw new ClipSegError(
        'invalid-checkpoint',
        `Weight ${initializer.name}: ${bytes.byteLength} bytes read, ${initializer.byteLength} expected.`,
      );
    }
    yield bytes;
  }
}
