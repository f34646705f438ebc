/** The worker's copies of encoded images, by handle; the least recently used are dropped first. */
export class KeptArrays {
  readonly #arrays = new Map<number, Float32Array>();
  readonly #limit: number;
  #bytes = 0;
  #next = 1;

  /** @param limit bytes; 128 MB are about 340 images of the released checkpoints at 352 */
  constructor(limit = 128 * 2 ** 20) {
    this.#limit = limit;
  }

  add(array: Float32Array): number {
    const id = this.#next++;
    this.#arrays.set(id, array);
    this.#bytes += array.byteLength;
    for (const oldest of this.#arrays.keys()) {
      if (this.#bytes <= this.#limit || oldest === id) break;
      this.release(oldest);
    }
    return id;
  }

  get(id: number): Float32Array | undefined {
    const array = this.#arrays.get(id);
    if (array) {
      this.#arrays.delete(id); // move it to the end: the most recently used
      this.#arrays.set(id, array);
    }
    return array;
  }

  release(id: number): void {
    this.#bytes -= this.#arrays.get(id)?.byteLength ?? 0;
    this.#arrays.delete(id);
  }
}
