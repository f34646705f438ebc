/** Number of bytes decoded at a time. */
const PIECE = 2 ** 20;
const OVERLAP = 64;

/**
 * Finds the names of a graph's nodes of one operator in the bytes of its file, as `clipseg
 * convert` writes them (`Op:Op_12`).
 */
export function nodeNames(graph: Uint8Array, operator: string): string[] {
  const names = new Set<string>();
  const pattern = new RegExp(`${operator}:${operator}_\\d+`, 'g');
  const latin1 = new TextDecoder('latin1');
  for (let start = 0; start < graph.length; start += PIECE) {
    const piece = graph.subarray(start, start + PIECE + OVERLAP);
    for (const [name] of latin1.decode(piece).matchAll(pattern)) names.add(name);
  }
  return [...names];
}
