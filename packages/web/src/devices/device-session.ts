import {
  ClipSegError,
  type CreateSessionOptions,
  type GraphName,
  type GraphSource,
  type Session,
} from '@clipseg/core';
import type { Device } from './device.js';
import type { Runtime } from './runtime.js';

/** One of the model's graphs: the devices that are left for it, and its sessions on them. */
export interface Rung {
  readonly graph: GraphName;
  /** The first is in use; never empty. */
  devices: Device[];
  readonly sessions: Map<Device, Session>;
  readonly load: () => Promise<GraphSource>;
}

export const current = ({ devices }: Rung): Device => devices[0]!;

export interface SessionCall extends CreateSessionOptions {
  /** The graph, where it is at hand; read again otherwise. */
  readonly bytes?: GraphSource;
}

/** The graph's session on the device in use, loaded when it is not there yet. */
export async function sessionOf(
  rung: Rung,
  runtime: (device: Device) => Promise<Runtime>,
  { bytes, ...call }: SessionCall = {},
): Promise<Session> {
  const device = current(rung);
  const known = rung.sessions.get(device);
  if (known) return known;
  const { backend } = await runtime(device);
  const session = await backend.createSession(bytes ?? (await rung.load()), call);
  rung.sessions.set(device, session);
  return session;
}

/** Frees what the graph has on other devices than the one in use. */
export async function freeOthers(rung: Rung): Promise<void> {
  for (const [device, session] of rung.sessions) {
    if (device === current(rung)) continue;
    rung.sessions.delete(device);
    await session.dispose();
  }
}

/** A run that also ends when its device is taken away, which a runtime may never notice. */
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
