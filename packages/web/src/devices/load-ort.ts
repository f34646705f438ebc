import type { Ort } from '@clipseg/core/ort';

/**
 * Builds of ONNX Runtime Web: CPU only; with WebGPU and WebNN through JavaScript Promise
 * Integration; the same for browsers without it, 10 MB larger.
 */
export type OrtBuild = 'wasm' | 'jspi' | 'webgpu';

export interface OrtModule extends Ort {
  readonly env: {
    readonly wasm: { numThreads?: number; wasmPaths?: unknown };
    readonly webgpu: { readonly device: Promise<unknown> };
  };
}

/** Returns the GPU build that this browser can run. */
export const gpuBuild = (): OrtBuild => ('Suspending' in WebAssembly ? 'jspi' : 'webgpu');

async function bundled(build: OrtBuild): Promise<unknown> {
  if (build === 'wasm') return import('onnxruntime-web/wasm');
  if (build === 'jspi') return import('onnxruntime-web/jspi');
  return import('onnxruntime-web/webgpu');
}

/** @param folder URL of onnxruntime-web's `dist`, served unchanged; default: the bundler's copy */
export async function loadOrt(build: OrtBuild, folder: string | undefined): Promise<OrtModule> {
  if (folder === undefined) return (await bundled(build)) as OrtModule;
  const url = `${folder}ort.${build}.min.mjs`;
  const ort = (await import(
    /* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ url
  )) as OrtModule;
  ort.env.wasm.wasmPaths = folder;
  return ort;
}
