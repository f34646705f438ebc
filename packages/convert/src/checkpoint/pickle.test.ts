import { ClipSegError } from '@clipseg/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damaged } from '../../test/support/files.js';
import { PickleWriter, pickleStateDict } from '../../test/support/torch-file.js';
import { PickleGlobal, readPickle } from './pickle.js';

const options = {
  source: 'file.bin',
  allowed: (name: string) => name === 'collections.OrderedDict' || name.startsWith('torch.'),
  reduce: (name: string, args: readonly unknown[]) =>
    /Dict/.test(name) ? new Map((args[0] ?? []) as [unknown, unknown][]) : args,
  persistentLoad: (id: unknown) => ({ id }),
};
const read = (bytes: Uint8Array | string) =>
  readPickle(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, options);
const u32 = (value: number): string =>
  String.fromCharCode(...new Uint8Array(Uint32Array.of(value).buffer));
const message = (bytes: Uint8Array | string): string => {
  try {
    return `gave ${String(read(bytes))}`;
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid-checkpoint' });
    return (error as Error).message;
  }
};

describe('pickle', () => {
  // Output of Python's pickle.dumps(VALUE, PROTOCOL).
  const value = [
    new Map<unknown, unknown>([
      ['a', 1],
      ['b', [2.5, null, true, false]],
    ]),
    [-1, 300, 70000, -(2 ** 40)],
    'é',
  ];
  const dumps = {
    2: '80025d7100287d71012858010000006171024b01580100000062710328474004000000000000 4e888974710475284affffffff4d2c014a701101008a06000000000 0ff7471055802000000c3a97106652e',
    4: '80049552000000000000005d94287d94288c0161944b018c01629428474004000000000000 4e888974947528 4affffffff4d2c014a701101008a060000000000ff74948c02c3a994652e',
  };
  test.each(Object.entries(dumps))('reads protocol %s of Python', (_, dump) => {
    expect(read(Buffer.from(dump.replace(/ /g, ''), 'hex'))).toEqual(value);
  });

  test('reads memo, duplicates and persistent ids', () => {
    expect(read('\x80\x02]q\x00h\x00a.')).toSatisfy((v: unknown[]) => v[0] === v);
    expect(read('\x80\x02K\x0520\x85.')).toEqual([5]);
    expect(read('\x80\x02K\x07Q.')).toEqual({ id: 7 });
    expect(read('\x80\x02ctorch\nSize\n.')).toEqual(new PickleGlobal('torch.Size'));
  });

  test.each([
    ['os.system', '\x80\x02cos\nsystem\nX\x04\0\0\0true\x85R.', /refers to "os.system"/],
    ['builtins.eval', '\x80\x04\x8c\x08builtins\x8c\x04eval\x93.', /refers to "builtins.eval"/],
    ['a long name', `\x80\x02cos\n${'x'.repeat(999)}\n.`, /refers to "os.x{97}"/],
    ['an instance (INST)', '(ios\nsystem\n.', /operation 105/],
    ['NEWOBJ', '\x80\x02)\x81.', /operation 129/],
    ['extension registry', '\x80\x02\x82\x01.', /operation 130/],
    ['a call of a value', '\x80\x02K\x01)R.', /calls something that is not a function/],
    ['attributes of a function', '\x80\x02ctorch\nSize\n}b.', /sets the attributes/],
    ['an empty file', '', /truncated/],
    ['an empty stack', '\x80\x02.', /is empty/],
    ['a mark as value', '\x80\x02(.', /a mark in place of a value/],
    ['a mark kept', '\x80\x02(q\x00h\x00.', /a mark in place of a value/],
    ['a missing mark', '\x80\x02K\x01t.', /mark is missing/],
    ['an unknown memo', '\x80\x02h\x05.', /reads memo 5/],
    ['a key without a value', '\x80\x02}(K\x01u.', /not a dictionary/],
    ['items into a number', '\x80\x02K\x01K\x02a.', /not a list/],
    ['a text of 4 GB', '\x80\x02X\xff\xff\xff\xffab.', /truncated/],
    ['a text of 2^64', `\x80\x04\x8d${'\xff'.repeat(8)}.`, /truncated|protocol|operation/],
    ['a number of 255 bytes', `\x80\x02\x8a\xff${'\0'.repeat(255)}.`, /255 bytes/],
    ['protocol 200', '\x80\xc8N.', /protocol 200/],
    ['a name without an end', '\x80\x02cos', /does not end/],
    ['a global named by a list', '\x80\x04]\x8c\x01a\x93.', /no name/],
    ['endless marks', '('.repeat(2_000_001), /more than 2000000 operations/],
  ])('refuses %s', (_, bytes, expected) => {
    expect(message(bytes)).toMatch(expected);
  });

  test('does not expand a list that doubles 60 times', () => {
    // [x, x], where x is the previous list: printing or joining it would take 2^60 steps.
    const bomb = new PickleWriter().op(0x5d);
    for (let i = 0; i < 60; i++) bomb.op(0x32, 0x86);
    for (const end of [[0x93], [0x93, 0x29, 0x52], [0x51], [0x62], [0x73]]) {
      const bytes = [...bomb.bytes, 0x32, ...end, 0x30, 0x4e, 0x2e];
      expect(message(Uint8Array.from(bytes))).toMatch(/file\.bin|gave/);
    }
  });

  const dictionary = 'ccollections\nOrderedDict\n';
  const words = (count: number) => `X${u32(count)}${'k'.repeat(count)}`;
  test.each([
    [
      'a long list that is copied a thousand times',
      () =>
        `\x80\x02${dictionary}q\x000](${'K\x01N\x86'.repeat(50_000)}e\x85q\x010](${'h\x00h\x01R'.repeat(1000)}e.`,
      /same lists too often/,
    ],
    ['a million empty lists', () => `\x80\x02(${']'.repeat(1_000_000)}l.`, /400000 objects/],
    ['a million dictionaries', () => `\x80\x02(${'}'.repeat(1_000_000)}l.`, /400000 objects/],
    [
      'a dictionary of half a million entries',
      () => `\x80\x02}(${Array.from({ length: 500_000 }, (_, i) => `J${u32(i)}N`).join('')}u.`,
      /400000 objects/,
    ],
    ['a million texts', () => `\x80\x02(${'\x8c\x01a'.repeat(600_000)}l.`, /400000 objects/],
    ['a million memos', () => `\x80\x04N${'\x94'.repeat(1_000_000)}.`, /400000 objects/],
    ['lists in lists', () => `\x80\x02N${'\x85'.repeat(500_000)}.`, /400000 objects/],
    [
      'a global of long texts, repeatedly',
      () => `\x80\x04${words(2 ** 20)}q\x00${'0h\x00h\x00\x93'.repeat(1000)}.`,
      /refers to "k{99}/,
    ],
    ['a number of 2^31 digits', () => '\x80\x02\x8b\xff\xff\xff\x7f1.', /operation 139/],
    ['a number in digits', () => `L${'9'.repeat(1_000_000)}L\n.`, /operation 76/],
  ])('%s is refused quickly', (_, make, expected) => {
    const bytes = Buffer.from(make(), 'latin1');
    const start = performance.now();
    expect(message(bytes)).toMatch(expected);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test('refuses or tolerates damage anywhere', () => {
    const data = new Uint8Array(8);
    const valid = pickleStateDict({
      a: { dtype: 'F32', shape: [2], data },
      b: { dtype: 'F32', shape: [2, 1, 1, 1], data },
    });
    expect(read(valid)).toBeInstanceOf(Map);
    let refused = 0;
    const check = (bytes: Uint8Array) => {
      try {
        read(bytes);
      } catch (error) {
        refused++;
        expect(ClipSegError.isInstance(error), String((error as Error).stack)).toBe(true);
      }
    };
    fc.assert(fc.property(damaged(valid), check), { numRuns: 5000, seed: 7 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), check), { numRuns: 5000, seed: 7 });
    expect(refused).toBeGreaterThan(5000);
  });
});
