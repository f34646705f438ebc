/** The properties of a WebGPU adapter that matter before anything is downloaded. */
export interface GpuAdapter {
  /** E.g. `nvidia ampere`, as far as the browser reveals it. */
  readonly name: string;
  /** Whether it computes on the CPU, where WASM is faster. */
  readonly software: boolean;
  /** Whether shaders support half floats. */
  readonly halfFloats: boolean;
}

interface Adapter {
  readonly features: { has(name: string): boolean };
  readonly isFallbackAdapter?: boolean;
  readonly info?: {
    readonly vendor?: string;
    readonly architecture?: string;
    readonly isFallbackAdapter?: boolean;
  };
}

interface Gpu {
  requestAdapter(options?: { powerPreference?: string }): Promise<Adapter | null>;
}

/** Returns the adapter that WebGPU would use; undefined if there is none. */
export async function gpuAdapter(): Promise<GpuAdapter | undefined> {
  const { gpu } = globalThis.navigator as { readonly gpu?: Gpu };
  const options = { powerPreference: 'high-performance' };
  const adapter = await gpu?.requestAdapter(options).catch(() => null);
  if (!adapter) return undefined;
  const { vendor = '', architecture = '', isFallbackAdapter } = adapter.info ?? {};
  const software = /swiftshader|llvmpipe|basic render/i.test(architecture);
  return {
    name: [vendor, architecture].filter(Boolean).join(' ') || 'unknown',
    software: isFallbackAdapter ?? adapter.isFallbackAdapter ?? software,
    halfFloats: adapter.features.has('shader-f16'),
  };
}
