import { ClipSegError, type DeviceReport } from '@clipseg/core';
import type {
  Backend,
  CreateSessionOptions,
  GraphName,
  GraphSource,
  Refusal,
  RefusalCode,
  SelfCheckResult,
  Session,
} from '@clipseg/core/model';
import { sleep } from '../files/sleep.js';
import { type Device, isGpu } from './device.js';
import {
  current,
  freeOthers,
  Losses,
  type Placement,
  type SessionCall,
  sessionOf,
} from './device-session.js';
import type { Plan } from './plan.js';
import { openRuntime, type Runtime, type RuntimeOptions } from './runtime.js';

export interface DeviceFallbackOptions extends Omit<RuntimeOptions, 'onLost'> {
  readonly plan: Plan;
  /** Called when a device is lost and its graphs move to the next. */
  onLost?(report: DeviceReport): void;
}

type Check = () => Promise<SelfCheckResult>;

/** How long after a failed run the browser may report that the device is lost. */
const LOSS_MS = 100;

const message = (error: unknown): string => (error instanceof Error ? error.message : `${error}`);
const isCode = (error: unknown, code: string): boolean =>
  ClipSegError.isInstance(error) && error.code === code;

/** A backend over several devices, with each graph on the first device that runs it correctly. */
export class DeviceFallback implements Backend {
  readonly specificationVersion = 1;
  readonly name = 'onnxruntime-web';
  readonly #options: DeviceFallbackOptions;
  readonly #refused: Refusal[];
  readonly #runtimes = new Map<Device, Promise<Runtime>>();
  readonly #fragile = new Set<Device>();
  readonly #lost = new Set<Device>();
  readonly #losses = new Losses();
  readonly #placements = new Map<GraphName, Placement>();
  /** The graph of the last run that failed. */
  #failing: Placement | undefined;
  #selfCheck: SelfCheckResult | undefined;

  constructor(options: DeviceFallbackOptions) {
    this.#options = options;
    this.#refused = [...options.plan.refused];
  }

  report(): DeviceReport {
    const { plan, threads } = this.#options;
    const graphs = [...this.#placements].map(
      ([graph, placement]) => [graph, current(placement)] as const,
    );
    return {
      backend: this.name,
      graphs: Object.fromEntries(graphs),
      dtype: plan.dtype,
      threads,
      refused: [...this.#refused],
      selfCheck: this.#selfCheck,
      adapter: plan.adapter?.name,
    };
  }

  async createSession(bytes: GraphSource, call: CreateSessionOptions = {}): Promise<Session> {
    const { graph = 'visionEncoder', reload = async () => bytes } = call;
    const devices = this.#options.plan.order[graph].filter((device) => !this.#lost.has(device));
    if (devices.length === 0) devices.push('wasm');
    const placement: Placement = { graph, devices, sessions: new Map(), load: reload };
    this.#placements.set(graph, placement);
    try {
      const { inputNames, outputNames } = await this.#settle(placement, { ...call, bytes });
      return {
        inputNames,
        outputNames,
        run: (feeds, options) => this.#run(placement, feeds, options),
        dispose: () => this.#free(placement),
      };
    } catch (error) {
      this.#placements.delete(graph);
      throw error;
    }
  }

  /**
   * Repeats the check until it passes; graphs move on from devices that fail it.
   * @throws ClipSegError the error of the last device
   */
  async verify(check: Check): Promise<void> {
    for (;;) {
      this.#failing = undefined;
      try {
        this.#selfCheck = await check();
        break;
      } catch (error) {
        if (this.#failing) this.#dropFailing(this.#failing, error);
        else if (isCode(error, 'self-check')) await this.#isolate(check, error);
        else throw error;
      }
    }
    for (const placement of this.#placements.values()) await freeOthers(placement);
  }

  #runtime(device: Device): Promise<Runtime> {
    const known = this.#runtimes.get(device);
    if (known) return known;
    const onLost = (lost: Device, why: string) => this.#lose(lost, why);
    const opening = openRuntime(device, { ...this.#options, onLost });
    this.#runtimes.set(device, opening);
    opening.then(
      ({ fragile }) => fragile && this.#fragile.add(device),
      () => this.#runtimes.delete(device),
    );
    return opening;
  }

  /** Returns the graph's session on the first of its devices that accepts it. */
  async #settle(placement: Placement, call?: SessionCall): Promise<Session> {
    for (;;) {
      try {
        return await sessionOf(placement, (device) => this.#runtime(device), call);
      } catch (error) {
        if (!isCode(error, 'backend')) throw error;
        this.#drop(placement, 'load', error);
      }
    }
  }

  async #run(
    placement: Placement,
    ...[feeds, call]: Parameters<Session['run']>
  ): ReturnType<Session['run']> {
    const session = await this.#settle(placement);
    const device = current(placement);
    try {
      return await this.#losses.race(device, session.run(feeds, call));
    } catch (error) {
      if (!isCode(error, 'backend')) throw error;
      if (isGpu(device) && !this.#lost.has(device)) await sleep(LOSS_MS);
      if (this.#lost.has(device)) return this.#run(placement, feeds, call); // on the next device
      this.#failing = placement;
      throw error;
    }
  }

  async #free(placement: Placement): Promise<void> {
    this.#placements.delete(placement.graph);
    await Promise.all([...placement.sessions.values()].map((session) => session.dispose()));
  }

  /** Removes the graph's first device. @throws the error if it was the last */
  #drop(placement: Placement, code: RefusalCode, error: unknown): void {
    const [device, ...rest] = placement.devices as [Device, ...Device[]];
    if (rest.length === 0) throw error;
    this.#refused.push({ device, graph: placement.graph, code, message: message(error) });
    placement.devices = rest;
  }

  #lose(device: Device, why: string): void {
    const text = `The browser took the device away: ${why}`;
    this.#lost.add(device);
    for (const placement of this.#placements.values()) {
      placement.sessions.delete(device); // it is dead, so there is nothing to free
      const left = placement.devices.filter((one) => one !== device);
      placement.devices = left.length > 0 ? left : ['wasm'];
    }
    this.#refused.push({ device, code: 'lost', message: text });
    this.#losses.lose(device, text);
    this.#options.onLost?.(this.report());
  }

  /** Moves a failed graph off its device, and all graphs there if the runtime is now broken. */
  #dropFailing(placement: Placement, error: unknown): void {
    const device = current(placement);
    const all = [...this.#placements.values()].filter((one) => current(one) === device);
    for (const one of this.#fragile.has(device) ? all : [placement]) this.#drop(one, 'run', error);
  }

  /** Finds the graphs at fault: tests each on its device alone, with the others on their next. */
  async #isolate(check: Check, error: unknown): Promise<void> {
    const suspects = [...this.#placements.values()].filter(({ devices }) => devices.length > 1);
    if (suspects.length === 0) throw error;
    const lists = new Map(suspects.map((placement) => [placement, placement.devices]));
    const guilty = new Map<Placement, unknown>();
    for (const suspect of suspects) {
      for (const placement of suspects) {
        const candidates = lists.get(placement)!;
        placement.devices = placement === suspect ? candidates : candidates.slice(1);
        await this.#settle(placement);
      }
      await check().catch((found) => {
        if (!isCode(found, 'self-check')) throw found;
        guilty.set(suspect, found);
      });
    }
    for (const placement of suspects) {
      placement.devices = lists.get(placement)!;
      // If no graph fails alone, their combination does.
      if (guilty.has(placement) || guilty.size === 0) {
        this.#drop(placement, 'self-check', guilty.get(placement) ?? error);
      }
    }
  }
}
