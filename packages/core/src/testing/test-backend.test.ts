import { type ContractCase, fakeBackend, testBackend } from '@clipseg/core/testing';
import { expect, it } from 'vitest';

const failing = async (cases: readonly ContractCase[]): Promise<string[]> => {
  const names: string[] = [];
  for (const { name, run } of cases) await run().catch(() => names.push(name));
  return names;
};

it('detects a backend that ignores outputs, abort and dispose', async () => {
  const right = fakeBackend();
  const careless: typeof right = {
    ...right,
    name: 'careless',
    async createSession(graph) {
      const session = await right.createSession(graph);
      const run: typeof session.run = (feeds) => session.run(feeds);
      return { ...session, run, dispose: async () => {} };
    },
  };
  expect(await failing(testBackend({ backend: careless }))).toEqual([
    'careless: gives only the outputs asked for',
    'careless: aborts',
    'careless: can be disposed twice, and then runs no more',
  ]);
});
