import type { Dtype } from '@clipseg/core';
import type { ClipSegOptions } from '@clipseg/react';
import type { Device } from '@clipseg/web';
import type { DeviceChoice } from '@clipseg/web/ort';

export type ModelChoice =
  /** The model that comes with the page. */
  | { readonly kind: 'embedded' }
  /** A folder of converted files on a server, or a hub id. */
  | { readonly kind: 'url'; readonly url: string }
  /** A folder of converted files on the disk. */
  | { readonly kind: 'folder'; readonly name: string; readonly files: readonly File[] };

export interface ModelSettings {
  readonly model: ModelChoice;
  readonly device: 'auto' | Device;
  readonly dtype: 'auto' | Dtype;
}

export const devices = {
  auto: 'Automatic',
  webgpu: 'WebGPU',
  'webgpu+cpu': 'WebGPU, attention on the CPU',
  webnn: 'WebNN',
  wasm: 'WebAssembly (CPU)',
} as const satisfies Record<string & DeviceChoice, string>;

export const dtypes = {
  auto: 'Automatic',
  fp32: '32-bit floats',
  fp16: '16-bit floats',
  int8: '8-bit weights',
} as const satisfies Record<ModelSettings['dtype'], string>;

export const standardModel: ModelSettings = {
  model: { kind: 'embedded' },
  device: 'auto',
  dtype: 'auto',
};

export function modelName(model: ModelChoice): string {
  if (model.kind === 'embedded') return 'Embedded model';
  return model.kind === 'url' ? model.url : model.name;
}

/** Returns the options for `createClipSeg`. */
export function optionsOf({ model, device, dtype }: ModelSettings): ClipSegOptions {
  const source = {
    // The service worker caches the embedded model's files, so another cache would be too much.
    embedded: () => ({ model: 'mini', cache: false }),
    url: () => ({ model: (model as { url: string }).url }),
    folder: () => ({ model: (model as { files: readonly File[] }).files }),
  }[model.kind]();
  return { ...source, device, ...(dtype !== 'auto' && { dtype }) };
}
