/** Unpacks a mask that the page's `packMask` wrote. */
export const unpackMask = (packed: string, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (packed.charCodeAt(i >> 3) >> (i & 7)) & 1);

/** Intersection over union; 1 for two empty masks. */
export function iou(a: Uint8Array, b: Uint8Array): number {
  let [both, any] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i] && b[i]) both++;
    if (a[i] || b[i]) any++;
  }
  return any === 0 ? 1 : both / any;
}
