/**
 * Where bytes are kept between visits: verified files, and parts of files whose download goes on.
 * A factory returns one; `testByteStore` of `@clipseg/core/testing` checks an own one.
 */
export interface ByteStore {
  /** For messages, e.g. `Cache Storage`. */
  readonly name: string;
  /** Bytes held of `key`, from its start; 0 when there are none. */
  size(key: string): Promise<number>;
  /** Those bytes; an empty array when there are none. The array is the caller's. */
  read(key: string): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Puts bytes at `at`, which is at most the size; what was held from there on is gone.
   * @throws ClipSegError `io` when there is no room; what was held before `at` stays
   */
  write(key: string, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Safe when there is nothing. */
  delete(key: string): Promise<void>;
  keys(): Promise<string[]>;
  /** Bytes that still fit; Infinity where that is not known. */
  room(): Promise<number>;
}
