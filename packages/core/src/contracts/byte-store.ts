/**
 * Keeps bytes between visits: verified files, and the start of files whose download continues.
 * Factories return one. Test a custom store with `testByteStore` of `@clipseg/core/testing`.
 */
export interface ByteStore {
  /** Name in messages, e.g. `Cache Storage`. */
  readonly name: string;
  /** Returns the number of bytes stored for `key`, 0 for an unknown key. */
  size(key: string): Promise<number>;
  /**
   * Returns the stored bytes, an empty array for an unknown key. The caller may change the array.
   */
  read(key: string): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Writes bytes at `at`, which is at most the size, and drops the bytes that were stored after it.
   * @throws ClipSegError `io` if there is no room; the bytes before `at` stay
   */
  write(key: string, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Deletes the bytes of `key`; does nothing for an unknown key. */
  delete(key: string): Promise<void>;
  keys(): Promise<string[]>;
  /** Returns the number of bytes that still fit; Infinity if that is unknown. */
  room(): Promise<number>;
}
