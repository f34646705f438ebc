import type { Random } from '../random.js';
import { mutateBytes } from './bytes.js';
import { jsonText } from './json.js';

/** Makes a safetensors file with any header. */
function safetensorsBytes(header: string, data: Uint8Array, length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

/** Makes a file with a mutated header or mutated bytes. */
export function safetensors(random: Random, header: object, data: Uint8Array): Uint8Array {
  if (random.chance(0.3))
    return mutateBytes(random, [safetensorsBytes(JSON.stringify(header), data)]);
  const length = random.pick([0n, 1n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]);
  const cut = random.chance(0.9) ? data : data.subarray(0, random.below(data.length));
  return safetensorsBytes(jsonText(random, header), cut, random.chance(0.05) ? length : undefined);
}
