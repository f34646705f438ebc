import type { ByteStore } from '../contracts/byte-store.js';
import { type ContractCase, expect } from './contract.js';

export interface TestByteStoreOptions {
  /** Makes an empty store for every case. */
  create(): Promise<ByteStore> | ByteStore;
}

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

/**
 * Tests what every `ByteStore` must do.
 * @returns one case per requirement
 */
export function testByteStore({ create }: TestByteStoreOptions): ContractCase[] {
  const on = (name: string, use: (store: ByteStore) => Promise<void>): ContractCase => ({
    name: `ByteStore: ${name}`,
    run: async () => use(await create()),
  });
  const holds = async (store: ByteStore, key: string, ...values: number[]) => {
    const held = await store.read(key);
    expect(held.join() === values.join(), `${key} holds ${values}, not ${held}`);
    expect((await store.size(key)) === values.length, `${key} has a size of ${values.length}`);
  };
  return [
    on('holds nothing at first', async (store) => {
      await holds(store, 'a');
      expect((await store.keys()).length === 0, 'there are no keys');
      expect((await store.room()) > 0, 'there is room');
      await store.delete('a');
    }),
    on('keeps bytes in pieces', async (store) => {
      await store.write('a', 0, bytes(1, 2));
      await store.write('a', 2, bytes(3));
      await store.write('a', 3, bytes(4, 5));
      await holds(store, 'a', 1, 2, 3, 4, 5);
    }),
    on('forgets what follows a piece that is written anew', async (store) => {
      await store.write('a', 0, bytes(1, 2));
      await store.write('a', 2, bytes(3, 4));
      await store.write('a', 0, bytes(9));
      await holds(store, 'a', 9);
      await store.write('a', 1, bytes(8, 7, 6));
      await store.write('a', 2, bytes(5));
      await holds(store, 'a', 9, 8, 5);
    }),
    on('keeps keys apart, whatever they are called', async (store) => {
      const keys = ['a', 'a/b', 'a b', 'a?b=1', 'ä#%41', 'A'];
      for (const [i, key] of keys.entries()) await store.write(key, 0, bytes(i + 1));
      for (const [i, key] of keys.entries()) await holds(store, key, i + 1);
      const listed = (await store.keys()).toSorted().join('|');
      expect(listed === keys.toSorted().join('|'), `keys are ${keys}, not ${listed}`);
      await store.delete('a');
      await holds(store, 'a');
      await holds(store, 'a/b', 2);
    }),
    on('gives bytes away', async (store) => {
      const own = bytes(1, 2, 3);
      await store.write('a', 0, own);
      own.fill(0);
      (await store.read('a')).fill(7);
      await holds(store, 'a', 1, 2, 3);
    }),
    on('takes views and many bytes', async (store) => {
      const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
      await store.write('a', 0, large.subarray(1000, 2_001_000));
      const held = await store.read('a');
      expect(held.length === 2_000_000, 'the view alone is held');
      expect(
        held.every((value, i) => value === (i + 1000) % 251),
        'its bytes are the same',
      );
    }),
  ];
}
