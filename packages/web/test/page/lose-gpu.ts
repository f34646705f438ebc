import * as ort from 'onnxruntime-web/jspi';

/** Takes the GPU away from ONNX Runtime, as a driver's reset does. */
export async function loseGpu(): Promise<void> {
  const device = (await ort.env.webgpu.device) as unknown as { destroy(): void };
  device.destroy();
}
