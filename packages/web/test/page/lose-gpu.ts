import * as ort from 'onnxruntime-web/jspi';

/** Takes the GPU away from ONNX Runtime, like a driver reset. */
export async function loseGpu(): Promise<void> {
  const device = (await ort.env.webgpu.device) as unknown as { destroy(): void };
  device.destroy();
}
