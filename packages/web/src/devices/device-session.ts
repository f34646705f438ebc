import { ClipSegError } from '@clipseg/core';
import type { CreateSessionOptions, GraphName, GraphSource, Session } from '@clipseg/core/model';
import type { Device } from './device.js';
import type { Runtime } from './runtime.js';

/** One of the model's graphs, the devices left for it, and its sessions on them. */
export interface Placement {
  readonly graph: GraphName;
  /** The first is in use; never empty. */
  devices: Device[];
  readonly sessions: Map<Device, Session>;
  readonly load: () => Promise<GraphSource>;
}

export const current = ({ devices }: Placement): Device => devices[0]!;

export interface SessionCall extends CreateSessionOptions {
  /** The graph's bytes, if they are in memory; otherwise the graph is read again. */
  readonly bytes?: GraphSource;
}

/** Returns the graph's session on its current device, and creates it if necessary. */
export async function sessionOf(
  placement: Placement,
  runtime: (device: Device) => Promise<Runtime>,
  { bytes, ...call }: SessionCall = {},
): Promise<Session> {
  const device = current(placement);
  const known = placement.sessions.get(device);
  if (known) return known;
  const { backend } = await runtime(device);
  const session = await backend.createSession(bytes ?? (await placement.load()), call);
  placement.sessions.set(device, session);
  return session;
}

/** Frees the graph's sessions on all devices but the current one. */
export async function freeOthers(placement: Placement): Promise<void> {
  for (const [device, session] of placement.sessions) {
    if (device === current(placement)) continue;
    placement.sessions.delete(device);
    await session.dispose();
  }
}

/** Ends a run when its device is lost, which a runtime may never notice. */
export class Losses {
  readonly #waiting = new Map<Device, Set<(error: ClipSegError) => void>>();

  race<T>(device: Device, run: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(device) ?? new Set();
      this.#waiting.set(device, waiting.add(reject));
      run.then(resolve, reject).finally(() => waiting.delete(reject));
    });
  }

  lose(device: Device, message: string): void {
    for (const reject of this.#waiting.get(device) ?? []) {
      reject(new ClipSegError('backend', message));
    }
  }
}
