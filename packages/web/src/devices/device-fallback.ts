import {
  type Backend,
  ClipSegError,
  type CreateSessionOptions,
  type GraphName,
  type GraphSource,
  type SelfCheckResult,
  type Session,
} from '@clipseg/core';
import { sleep } from '../files/sleep.js';
import { type Device, type DeviceReport, isGpu, type Refusal, type RefusalCode } from './device.js';
import {
  current,
  freeOthers,
  Losses,
  type Rung,
  type SessionCall,
  sessionOf,
} from './device-session.js';
import type { Plan } from './plan.js';
import { openRuntime, type Runtime, type RuntimeOptions } from './runtime.js';

export interface LadderOptions extends Omit<RuntimeOptions, 'onLost'> {
  readonly plan: Plan;
  /** A device is gone, and its graphs move to the next. */
  onLost?(report: DeviceReport): void;
}

type Check = () => Promise<SelfCheckResult>;

/** A device that fails a run tells at once that it is gone, or a moment later. */
const LOSS_MS = 100;

const message = (error: unknown): string => (error instanceof Error ? error.message : `${error}`);
const isCode = (error: unknown, code: string): boolean =>
  ClipSegError.isInstance(error) && error.code === code;

/** A backend over several devices, each graph on the first that does it right. */
export class Ladder implements Backend {
  readonly name = 'onnxruntime-web';
  readonly #options: LadderOptions;
  readonly #refused: Refusal[];
  readonly #runtimes = new Map<Device, Promise<Runtime>>();
  readonly #fragile = new Set<Device>();
  readonly #lost = new Set<Device>();
  readonly #losses = new Losses();
  readonly #rungs = new Map<GraphName, Rung>();
  /** The graph of the last run that failed. */
  #failing: Rung | undefined;
  #selfCheck: SelfCheckResult | undefined;

  constructor(options: LadderOptions) {
    this.#options = options;
    this.#refused = [...options.plan.refused];
  }

  report(): DeviceReport {
    const { plan, threads } = this.#options;
    const graphs = [...this.#rungs].map(([graph, rung]) => [graph, current(rung)] as const);
    return {
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
    const rung: Rung = { graph, devices, sessions: new Map(), load: reload };
    this.#rungs.set(graph, rung);
    try {
      const { inputNames, outputNames } = await this.#settle(rung, { ...call, bytes });
      return {
        inputNames,
        outputNames,
        run: (feeds, options) => this.#run(rung, feeds, options),
        dispose: () => this.#free(rung),
      };
    } catch (error) {
      this.#rungs.delete(graph);
      throw error;
    }
  }

  /**
   * Runs the check until it passes: graphs move down from devices that fail it.
   * @throws ClipSegError what the last device failed with
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
    for (const rung of this.#rungs.values()) await freeOthers(rung);
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

  /** The graph's session on the first of its devices that takes it. */
  async #settle(rung: Rung, call?: SessionCall): Promise<Session> {
    for (;;) {
      try {
        return await sessionOf(rung, (device) => this.#runtime(device), call);
      } catch (error) {
        if (!isCode(error, 'backend')) throw error;
        this.#drop(rung, 'load', error);
      }
    }
  }

  async #run(rung: Rung, ...[feeds, call]: Parameters<Session['run']>): ReturnType<Session['run']> {
    const session = await this.#settle(rung);
    const device = current(rung);
    try {
      return await this.#losses.race(device, session.run(feeds, call));
    } catch (error) {
      if (!isCode(error, 'backend')) throw error;
      if (isGpu(device) && !this.#lost.has(device)) await sleep(LOSS_MS);
      if (this.#lost.has(device)) return this.#run(rung, feeds, call); // on the next device
      this.#failing = rung;
      throw error;
    }
  }

  async #free(rung: Rung): Promise<void> {
    this.#rungs.delete(rung.graph);
    await Promise.all([...rung.sessions.values()].map((session) => session.dispose()));
  }

  /** Takes the first device off the graph. @throws the error where it was the last */
  #drop(rung: Rung, code: RefusalCode, error: unknown): void {
    const [device, ...rest] = rung.devices as [Device, ...Device[]];
    if (rest.length === 0) throw error;
    this.#refused.push({ device, graph: rung.graph, code, message: message(error) });
    rung.devices = rest;
  }

  #lose(device: Device, why: string): void {
    const text = `The browser took the device away: ${why}`;
    this.#lost.add(device);
    for (const rung of this.#rungs.values()) {
      rung.sessions.delete(device); // dead: there is nothing left to free
      const left = rung.devices.filter((one) => one !== device);
      rung.devices = left.length > 0 ? left : ['wasm'];
    }
    this.#refused.push({ device, code: 'lost', message: text });
    this.#losses.lose(device, text);
    this.#options.onLost?.(this.report());
  }

  /** After a run that failed: off that device, with all graphs when its runtime is broken now. */
  #dropFailing(rung: Rung, error: unknown): void {
    const device = current(rung);
    const all = [...this.#rungs.values()].filter((one) => current(one) === device);
    for (const one of this.#fragile.has(device) ? all : [rung]) this.#drop(one, 'run', error);
  }

  /** Which graphs are at fault: each on its device alone, the others on their next. */
  async #isolate(check: Check, error: unknown): Promise<void> {
    const suspects = [...this.#rungs.values()].filter(({ devices }) => devices.length > 1);
    if (suspects.length === 0) throw error;
    const lists = new Map(suspects.map((rung) => [rung, rung.devices]));
    const guilty = new Map<Rung, unknown>();
    for (const suspect of suspects) {
      for (const rung of suspects) {
        const own = lists.get(rung)!;
        rung.devices = rung === suspect ? own : own.slice(1);
        await this.#settle(rung);
      }
      await check().catch((found) => {
        if (!isCode(found, 'self-check')) throw found;
        guilty.set(suspect, found);
      });
    }
    for (const rung of suspects) {
      rung.devices = lists.get(rung)!;
      // None alone: then it is the sum of all.
      if (guilty.has(rung) || guilty.size === 0) {
        this.#drop(rung, 'self-check', guilty.get(rung) ?? error);
      }
    }
  }
}
