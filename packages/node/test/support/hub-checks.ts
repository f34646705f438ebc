import { expect } from 'vitest';
import { BIG, leftovers, type World } from './hub-world.js';

// Conditions that must hold after a scenario, besides its outcome.

export type After = (world: World) => unknown;

const contents = ({ hub }: World) => hub.requests.filter((r) => r.includes('/resolve/'));
export const noRequest: After = ({ hub }) => expect(hub.requests).toEqual([]);
export const noContent: After = (world) => expect(contents(world)).toEqual([]);
export const fetched =
  (...files: string[]): After =>
  (world) =>
    expect(contents(world).map((r) => r.split('/').at(-1))).toEqual(files);
export const ranged: After = ({ hub, other }) => {
  const requests = [...hub.headers, ...other.requests.map(({ headers }) => headers)];
  expect(requests.map(({ range }) => range).filter(Boolean).length).toBeGreaterThan(0);
};
export const notAsked: After = ({ other }) => expect(other.requests).toEqual([]);
export const asked: After = ({ other }) => expect(other.requests.length).toBeGreaterThan(0);
export const tokenIs =
  (token: string | undefined): After =>
  ({ hub }) => {
    const sent = new Set(hub.headers.map(({ authorization }) => authorization));
    expect([...sent]).toEqual([token && `Bearer ${token}`]);
  };
/** The proxy connected only to `target`, or to nothing if it is undefined. */
export const through =
  (target?: string): After =>
  ({ proxy }) =>
    expect([...new Set(proxy.targets)]).toEqual(target ? [target] : []);
export const waited =
  (what: RegExp): After =>
  ({ progress }) =>
    expect(progress.filter(({ stage }) => stage === 'wait').map(({ file }) => file)).toEqual([
      expect.stringMatching(what),
    ]);
export const kept: After = async ({ root }) => {
  expect((await leftovers(root)).filter((n) => !n.endsWith('.incomplete'))).toEqual([]);
};
export const tokenNotBack: After = ({ hub }) => {
  // The last request for the weights came from the other host's redirect.
  const last = hub.requests.findLastIndex((request) => request.endsWith(BIG));
  expect(hub.headers[last]?.authorization).toBeUndefined();
};
