import {
  PickleWriter,
  pickleStateDict,
  type TorchTensorData,
  torchEntries,
  torchFile,
  zip,
} from '../../../packages/convert/test/support/torch-file.js';
import type { Random } from '../random.js';
import { mutateBytes } from './bytes.js';

const tensor = (shape: readonly number[], dtype: 'F32' | 'F16' = 'F32'): TorchTensorData => {
  const count = shape.reduce((product, side) => product * side, 1);
  return { dtype, shape, data: new Uint8Array(count * (dtype === 'F32' ? 4 : 2)).fill(1) };
};
const SAMPLE = { weight: tensor([2, 3]), 'module.bias': tensor([3], 'F16'), scalar: tensor([]) };
const FILE = torchFile(SAMPLE);
const PICKLE = pickleStateDict(SAMPLE);
const STORAGES = Object.values(SAMPLE).map(({ data }) => data);

/** Makes opcodes of Python's pickles, mostly with valid operands. */
function randomPickle(random: Random): Uint8Array {
  const pickle = new PickleWriter();
  const steps: readonly (() => unknown)[] = [
    () => pickle.text(random.pick(['weight', 'state_dict', 'storage', 'a'])),
    () => pickle.integer(random.pick([0, 1, 3, 255, 65535, 70000])),
    () => pickle.integers(random.list(random.below(5), () => random.below(9))),
    () => pickle.orderedDict(),
    () => pickle.tensor(String(random.below(4)), tensor([random.below(3), 2])),
    () => pickle.global('torch._utils', random.pick(['_rebuild_tensor_v2', '_rebuild_parameter'])),
    () => pickle.global('torch', random.pick(['FloatStorage', 'Size', 'HalfStorage'])),
    () => pickle.global('os', 'system'),
    // MARK, POP, DUP, REDUCE, BUILD, SETITEM(S), APPEND(S), TUPLE, EMPTY_*, NONE, PERSID, MEMOIZE
    () => pickle.op(random.pick([0x28, 0x30, 0x32, 0x52, 0x62, 0x73, 0x75, 0x61, 0x65, 0x74])),
    () => pickle.op(random.pick([0x29, 0x5d, 0x7d, 0x4e, 0x51, 0x85, 0x86, 0x87, 0x94, 0x88])),
    () => pickle.op(random.pick([0x71, 0x68]), random.below(8)),
    () => pickle.op(0x8a, random.below(10), ...random.bytes(random.below(10))),
    () => pickle.op(0x95, ...random.bytes(8)),
    () => pickle.op(0x28, 0x32, 0x32, 0x32, 0x74, 0x32),
    () => pickle.op(random.below(256)),
  ];
  if (random.chance(0.6)) pickle.orderedDict().op(0x28);
  for (let i = random.below(40); i > 0; i--) random.pick(steps)();
  if (random.chance(0.6)) pickle.op(0x75);
  return pickle.stop();
}

/** Format before torch 1.6: several pickles, recognized by the first. */
const LEGACY = Buffer.concat([
  Buffer.from('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.', 'latin1'),
  PICKLE,
]);

/** Makes a checkpoint of torch with a damaged zip, pickle, or both. */
export function torchBytes(random: Random): Uint8Array {
  const kind = random.below(10);
  if (kind < 3) return mutateBytes(random, [FILE]);
  if (kind === 3) return mutateBytes(random, [LEGACY, new Uint8Array(Buffer.from('PK\x03\x04'))]);
  const pickle = kind < 7 ? mutateBytes(random, [PICKLE]) : randomPickle(random);
  const entries = torchEntries(pickle, STORAGES).map((entry) => {
    if (random.chance(0.97)) return entry;
    const value = random.pick([0, 1, 0xffff, 0x7fffffff, 0xfffffffe, 0xffffffff]);
    return random.pick([
      { ...entry, claimedSize: value },
      { ...entry, claimedOffset: value },
      { ...entry, method: random.pick([8, 9, 99]) },
      { ...entry, flags: random.pick([0, 1, 0x2000]) },
      { ...entry, name: random.pick(['../x', '', '/', 'archive/data.pkl', 'a'.repeat(60000)]) },
    ]);
  });
  return zip(entries);
}
