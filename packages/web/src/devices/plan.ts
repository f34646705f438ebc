import { ClipSegError, type Dtype } from '@clipseg/core';
import { showValue } from '@clipseg/core/internal';
import { type GraphName, graphNames, type Manifest, type Refusal } from '@clipseg/core/model';
import { type Device, type DeviceChoice, devices, isGpu } from './device.js';
import { type GpuAdapter, gpuAdapter } from './gpu-adapter.js';

/** One choice for all graphs, or one for each. */
export type DeviceOption = DeviceChoice | Readonly<Partial<Record<GraphName, DeviceChoice>>>;

export interface PlanOptions {
  readonly device?: DeviceOption;
  readonly dtype?: Dtype;
  readonly manifest: Manifest;
  readonly preload: readonly GraphName[];
}

/** The devices to try for each graph, in order, and the dtype. */
export interface Plan {
  readonly order: Readonly<Record<GraphName, readonly Device[]>>;
  readonly dtype: Dtype;
  readonly refused: readonly Refusal[];
  readonly adapter?: GpuAdapter;
}

const automatic: readonly Device[] = ['webgpu', 'webgpu+cpu', 'wasm'];

function choiceFor(option: DeviceOption, graph: GraphName): DeviceChoice {
  if (typeof option === 'string' || Array.isArray(option)) return option as DeviceChoice;
  return (option as Partial<Record<GraphName, DeviceChoice>>)[graph] ?? 'auto';
}

/** @throws ClipSegError `invalid-argument` */
function listOf(choice: DeviceChoice): readonly Device[] {
  if (choice === 'auto') return automatic;
  const list = Array.isArray(choice) ? (choice as readonly Device[]) : [choice as Device];
  const unknown = list.find((device) => !devices.includes(device));
  if (list.length > 0 && unknown === undefined) return list;
  throw new ClipSegError(
    'invalid-argument',
    `device is ${showValue(unknown ?? list)}; use auto, ${devices.join(', ')} or a list of these.`,
  );
}

const insecure = (): string =>
  globalThis.isSecureContext ? '' : ' The page is not a secure context: serve it over https.';

/** Says why a device cannot be used at all. */
function missing(device: Device, adapter: GpuAdapter | undefined): Refusal | undefined {
  if (isGpu(device) && !adapter) {
    return { device, code: 'unavailable', message: `There is no WebGPU adapter.${insecure()}` };
  }
  if (device === 'webnn' && !('ml' in globalThis.navigator)) {
    return { device, code: 'unavailable', message: `The browser has no WebNN.${insecure()}` };
  }
  return undefined;
}

function unfit(device: Device, dtype: Dtype, adapter: GpuAdapter | undefined): Refusal | undefined {
  if (device === 'wasm') return undefined;
  if (dtype === 'int8') {
    const message = `int8 runs only on WASM: ONNX Runtime has no 8-bit matrix multiplication for ${device}.`;
    return { device, code: 'dtype', message };
  }
  if (dtype === 'fp16' && isGpu(device) && !adapter?.halfFloats) {
    const message = `The adapter ${adapter?.name} has no half floats (shader-f16).`;
    return { device, code: 'dtype', message };
  }
  return undefined;
}

function bestDtype(manifest: Manifest, gpu: GpuAdapter | undefined): Dtype {
  const preferred: readonly Dtype[] = gpu
    ? [...(gpu.halfFloats ? (['fp16'] as const) : []), 'fp32', 'int8', 'fp16']
    : ['int8', 'fp32', 'fp16'];
  return preferred.find((dtype) => manifest.variants[dtype])!;
}

/** Collects refusals, one for each device, reason and graph. */
class Refusals {
  readonly all: Refusal[] = [];
  add(refusal: Refusal): void {
    const { device, code, graph } = refusal;
    const known = this.all.some(
      (one) => one.device === device && one.code === code && one.graph === graph,
    );
    if (!known) this.all.push(refusal);
  }
}

/**
 * Decides which devices to try, before anything large is downloaded.
 * @throws ClipSegError `invalid-argument`; `backend` if no device is left for a graph
 */
export async function planDevices(options: PlanOptions): Promise<Plan> {
  const { device: option = 'auto', manifest, preload } = options;
  const choices = graphNames.map((graph) => [graph, choiceFor(option, graph)] as const);
  const lists = new Map(choices.map(([graph, choice]) => [graph, listOf(choice)]));
  const wantsGpu = [...lists.values()].some((list) => list.some(isGpu));
  const adapter = wantsGpu ? await gpuAdapter() : undefined;
  const refusals = new Refusals();

  const usable = (graph: GraphName, choice: DeviceChoice, dtype?: Dtype) =>
    (lists.get(graph) ?? []).filter((device) => {
      const refusal =
        missing(device, adapter) ??
        (choice === 'auto' ? discouraged(device, graph) : undefined) ??
        (dtype ? unfit(device, dtype, adapter) : undefined);
      if (refusal) refusals.add(refusal);
      return !refusal;
    });
  const discouraged = (device: Device, graph: GraphName): Refusal | undefined => {
    if (!isGpu(device)) return undefined;
    if (adapter?.software) {
      const message = `The adapter ${adapter.name} computes on the CPU, where WASM is faster.`;
      return { device, code: 'software', message };
    }
    if (graph !== 'textEncoder' || preload.includes(graph)) return undefined;
    const message = 'A text encoder that loads later is not part of the self-check.';
    return { device, graph, code: 'unchecked', message };
  };

  const [first] = usable('visionEncoder', choiceFor(option, 'visionEncoder'));
  const dtype = options.dtype ?? bestDtype(manifest, first && isGpu(first) ? adapter : undefined);
  const order = choices.map(([graph, choice]) => {
    const list = usable(graph, choice, dtype);
    if (list.length > 0) return [graph, list] as const;
    const reasons = refusals.all.map(({ message }) => message).join(' ');
    throw new ClipSegError('backend', `No device is left for ${graph}. ${reasons}`);
  });
  return {
    order: Object.fromEntries(order) as unknown as Plan['order'],
    dtype,
    refused: refusals.all,
    adapter,
  };
}
