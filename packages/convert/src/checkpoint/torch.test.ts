import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  damaged,
  expectSame,
  failure,
  fixtures,
  fuzz,
  readAll,
  temporaryFolder,
  torchMade,
} from '../../test/support/files.js';
import {
  PickleWriter,
  pickleStateDict,
  type TorchTensorData,
  torchEntries,
  torchFile,
  zip,
} from '../../test/support/torch-file.js';
import { openSafetensors } from './safetensors.js';
import { openTorch } from './torch.js';
import { readFloat32, type Weights } from './weights.js';

const folder = temporaryFolder();

async function opened(bytes: Uint8Array): Promise<Weights> {
  const path = folder.path('file.bin');
  await writeFile(path, bytes);
  return openTorch(path);
}
async function refused(bytes: Uint8Array): Promise<string> {
  const error = await failure(opened(bytes));
  expect(error.code).toBe('invalid-checkpoint');
  expect(error.message).toContain(folder.path('file.bin'));
  return error.message;
}
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const tensor: TorchTensorData = { dtype: 'F32', shape: [2], data: floats(1, 2) };

describe('files written by torch', () => {
  // x = arange(24).reshape(2, 3, 4) as several types and views.
  test('are read: every type, views, empty and expanded tensors', async () => {
    const weights = await openTorch(join(torchMade, 'kinds.bin'));
    const values = async (name: string) => [...(await readFloat32(weights.get(name)))];
    const x = Array.from({ length: 24 }, (_, i) => i);
    for (const name of ['x', 'h', 'b', 'd']) expect([name, await values(name)]).toEqual([name, x]);
    const at = (i: number, j: number, k: number) => i * 12 + j * 4 + k;
    const permuted = [0, 1, 2, 3].flatMap((k) =>
      [0, 1].flatMap((i) => [0, 1, 2].map((j) => at(i, j, k))),
    );
    expect(weights.get('t').shape).toEqual([4, 2, 3]);
    expect(await values('t')).toEqual(permuted);
    const sliced = [0, 1].flatMap((i) => [1, 2].flatMap((j) => [0, 2].map((k) => at(i, j, k))));
    expect(weights.get('s').shape).toEqual([2, 2, 2]);
    expect(await values('s')).toEqual(sliced);
    expect(weights.get('e').shape).toEqual([0, 3]);
    expect(await values('e')).toEqual([]);
    expect(await values('expanded')).toEqual([1, 1, 1, 1, 1]);
    expect([weights.get('sc').shape, await values('sc')]).toEqual([[], [2.5]]);
    const types = ['u', 'bool', 'i8', 'i16', 'i32', 'pos'].map((name) => weights.get(name).dtype);
    expect(types).toEqual(['U8', 'BOOL', 'I8', 'I16', 'I32', 'I64']);
    expect(weights.has('size')).toBe(false); // a torch.Size is not a tensor
    await expect(readFloat32(weights.get('i32'))).rejects.toThrow(/i32 is I32; F32, F16/);
    await weights.close();
  });

  test('are read with pickle protocol 4', async () => {
    const weights = await openTorch(join(torchMade, 'p4.bin'));
    expect(await readFloat32(weights.get('a'))).toEqual(
      Float32Array.from({ length: 24 }, (_, i) => i),
    );
    await weights.close();
  });

  test.each([
    ['legacy.bin', /torch before 1\.6.*save it again as safetensors/],
    ['module.bin', /refers to "torch\.nn\.modules\.linear\.Linear"/],
    ['numpy.bin', /refers to "numpy\.core\.multiarray\.scalar"/],
  ])('%s is refused', async (name, message) => {
    const error = await failure(openTorch(join(torchMade, name)));
    expect([error.code, error.message]).toEqual([
      'invalid-checkpoint',
      expect.stringMatching(message),
    ]);
  });
});

describe('a state dictionary', () => {
  test('equals the safetensors file of the same checkpoint', async () => {
    const safetensors = await openSafetensors(join(fixtures, 'tiny-refined/model.safetensors'));
    const weights = await opened(torchFile(await readAll(safetensors), 'pytorch_model'));
    await expectSame(weights, safetensors);
    await weights.close();
    await safetensors.close();
  });

  test.each(['state_dict', 'model'])('may be an entry %s beside others', async (key) => {
    const pickle = new PickleWriter().op(0x7d).put().op(0x28); // {
    pickle.text('epoch').integer(3).text(key).orderedDict().text('a').tensor('0', tensor).op(0x73);
    const bytes = pickle.op(0x75).stop();
    const weights = await opened(zip(torchEntries(bytes, [tensor.data])));
    expect(weights.names).toEqual(['a']);
    expect(await readFloat32(weights.get('a'))).toEqual(Float32Array.of(1, 2));
    await weights.close();
  });

  test('may have two tensors with the same storage', async () => {
    const pickle = new PickleWriter().orderedDict();
    pickle.text('a').tensor('0', tensor).op(0x73).text('b').tensor('0', tensor).op(0x73);
    const weights = await opened(zip(torchEntries(pickle.stop(), [tensor.data])));
    for (const name of ['a', 'b'])
      expect([...(await readFloat32(weights.get(name)))]).toEqual([1, 2]);
    await weights.close();
  });
});

describe('hostile files', () => {
  const pickle = pickleStateDict({ a: tensor });
  const entries = (change: object, index = 1) =>
    torchEntries(pickle, [tensor.data]).map((entry, i) =>
      i === index ? { ...entry, ...change } : entry,
    );

  test('os.system is reported, and not called', async () => {
    const touched = folder.path('touched');
    const command = `touch ${touched}`;
    const length = String.fromCharCode(command.length);
    const code = Buffer.from(`\x80\x02cos\nsystem\nX${length}\0\0\0${command}\x85R.`, 'latin1');
    expect(await refused(zip(torchEntries(code, [])))).toMatch(/refers to "os\.system"/);
    await expect(readFile(touched)).rejects.toThrow(/ENOENT/);
  });

  const outside = (shape: number[], strides: number[]) => {
    const bytes = new PickleWriter().orderedDict().text('a');
    return bytes
      .tensor('0', { ...tensor, shape }, strides)
      .op(0x73)
      .stop();
  };
  test.each([
    ['more elements than the storage', [3], [1]],
    ['strides beyond the storage', [2], [5]],
    ['a shape of 2^60', [2 ** 15, 2 ** 15], [0, 0]],
    ['strides of another rank', [2], [1, 1]],
  ])('a tensor with %s', async (_, shape, strides) => {
    const bytes = zip(torchEntries(outside(shape, strides), [tensor.data]));
    const weights = await opened(bytes).catch((error) => error);
    if (weights instanceof Error) expect(weights).toMatchObject({ code: 'invalid-checkpoint' });
    else {
      // Zero strides repeat one element: small on disk, large in memory, so reading is refused.
      await expect(weights.get('a').read()).rejects.toMatchObject({ code: 'invalid-checkpoint' });
      await weights.close();
    }
  });

  test.each([
    ['a compressed storage', entries({ method: 8 }), /compressed/],
    ['an encrypted storage', entries({ flags: 0x0809 }), /encrypted|cannot be read/],
    [
      'a storage of another size',
      entries({ data: floats(1) }),
      /has 4 bytes, which contradicts its pickle/,
    ],
    ['a storage that claims terabytes', entries({ claimedSize: 0xfffffff0 }), /./],
    ['a storage outside of the file', entries({ claimedOffset: 0xfffffff0 }), /./],
    ['a missing storage', torchEntries(pickle, []), /no storage "0"/],
    ['a missing pickle', torchEntries(pickle, [tensor.data]).slice(1), /no data\.pkl/],
    ['a duplicate name', [...entries({}), ...entries({}).slice(1, 2)], /twice/],
  ])('%s', async (_, list, message) => {
    expect(await refused(zip(list))).toMatch(message);
  });

  test.each([
    ['0 bytes', new Uint8Array(), /0 bytes/],
    ['an image', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), /torch\.save did not write it/],
    ['only PK', Buffer.from('PK\x03\x04'), /zip cannot be read/],
  ])('%s', async (_, bytes, message) => {
    expect(await refused(bytes)).toMatch(message);
  });

  test('a small file with tensors that repeat elements to gigabytes', async () => {
    const pickle = new PickleWriter().orderedDict();
    const wide = { ...tensor, shape: [2 ** 21] };
    for (let i = 0; i < 100; i++) pickle.text(`t${i}`).tensor('0', wide, [0]).op(0x73);
    const bytes = zip(torchEntries(pickle.stop(), [tensor.data]));
    expect(await refused(bytes)).toMatch(/claim 838860800 bytes of a file of/);
  });

  test('a long key of a storage that is looked up repeatedly', async () => {
    const key = 'k'.repeat(2 ** 16);
    const pickle = new PickleWriter().op(0x28).text('storage');
    pickle.global('torch', 'FloatStorage').text(key).text('cpu').integer(2).op(0x74).put();
    const start = performance.now();
    for (let i = 0; i < 1000; i++) pickle.op(0x32, 0x51, 0x30);
    expect(await refused(zip(torchEntries(pickle.stop(), [])))).toMatch(/has the key "k{60}…"/);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('big-endian numbers', async () => {
    const order = { name: 'archive/byteorder', data: Buffer.from('big') };
    expect(await refused(zip([...entries({}), order]))).toMatch(/"big"-endian/);
  });

  test('refuses or tolerates damage anywhere', async () => {
    const bytes = torchFile({ a: tensor, b: { ...tensor, shape: [2, 1] } });
    const counts = await fuzz(folder.path('damaged.bin'), openTorch, damaged(bytes), 400);
    expect(counts.refused).toBeGreaterThan(100);
  });
});
