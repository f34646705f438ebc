import type { Backend, Session, Tensor } from '../contracts/backend.js';
import { checkSpecification } from '../util/specification.js';
import { type ContractCase, expect, expectError, sameNumbers } from './contract.js';
import { contractGraph as graph } from './contract-graph.js';

const x = (...values: number[]): Tensor => ({
  type: 'float32',
  dims: [values.length / 2, 2],
  data: Float32Array.from(values),
});

/**
 * Tests what every `Backend` must do, on a small graph.
 * @returns one case per requirement
 */
export function testBackend({ backend }: { backend: Backend }): ContractCase[] {
  const on = (name: string, use: (session: Session) => Promise<void>): ContractCase => ({
    name: `${backend.name}: ${name}`,
    async run() {
      const session = await backend.createSession(graph());
      try {
        await use(session);
      } finally {
        await session.dispose();
      }
    },
  });
  return [
    on('is of the version that is called here', async () => {
      checkSpecification(backend, 'backend');
    }),
    on('names inputs and outputs in order', async ({ inputNames, outputNames }) => {
      expect(inputNames.join() === 'x', `inputNames are x, not ${inputNames}`);
      expect(outputNames.join() === 'y,z', `outputNames are y,z, not ${outputNames}`);
    }),
    on('computes, for any size the graph leaves open', async (session) => {
      for (const rows of [1, 3]) {
        const values = Array.from({ length: rows }, () => [1, 10]).flat();
        const { y, z } = await session.run({ x: x(...values) });
        expect(y && z, 'all outputs are there');
        expect(y.type === 'float32' && y.dims.join() === `${rows},2`, 'y is float32 [n, 2]');
        const expected = Array.from({ length: rows }, () => [31, 42]).flat();
        expect(sameNumbers(y.data as Float32Array, expected), 'y = x [[1, 2], [3, 4]]');
        const twice = expected.map((value) => 2 * value);
        expect(sameNumbers(z.data as Float32Array, twice), 'z = 2 y');
      }
    }),
    on('gives only the outputs asked for', async (session) => {
      const results = await session.run({ x: x(1, 10) }, { outputs: ['z'] });
      expect(Object.keys(results).join() === 'z', 'outputs: [z] gives z alone');
    }),
    on('leaves feeds alone and gives results away', async (session) => {
      const feed = x(1, 10);
      const first = await session.run({ x: feed });
      const { y } = first;
      if (y?.data instanceof Float32Array) y.data.fill(0);
      const second = await session.run({ x: feed });
      expect(sameNumbers(feed.data as Float32Array, [1, 10]), 'the feed is as it was');
      expect(sameNumbers(second.y?.data as Float32Array, [31, 42]), 'results are own');
    }),
    on('takes two runs at once', async (session) => {
      const feeds = Array.from({ length: 8 }, (_, i) => x(i, 0));
      const results = await Promise.all(feeds.map((feed) => session.run({ x: feed })));
      for (const [i, { y }] of results.entries()) {
        expect(sameNumbers(y?.data as Float32Array, [i, 2 * i]), `run ${i} has its own result`);
      }
    }),
    on('refuses wrong feeds', async (session) => {
      const unknown = () => session.run({ x: x(1, 2), w: x(1, 2) });
      await expectError('invalid-argument', () => session.run({}), 'a missing feed');
      await expectError('invalid-argument', unknown, 'an unknown feed');
      const shape = () => session.run({ x: { ...x(1, 2, 3, 4), dims: [1, 4] } });
      await expectError('backend', shape, 'a feed of the wrong shape');
      const { y } = await session.run({ x: x(1, 10) });
      expect(y, 'the session works after refusals');
    }),
    on('aborts', async (session) => {
      const signal = AbortSignal.abort();
      await expectError('aborted', () => session.run({ x: x(1, 2) }, { signal }), 'an aborted run');
      const create = () => backend.createSession(graph(), { signal });
      await expectError('aborted', create, 'an aborted createSession');
    }),
    on('can be disposed twice, and then runs no more', async (session) => {
      await session.dispose();
      await session.dispose();
      await expectError('disposed', () => session.run({ x: x(1, 2) }), 'a run after dispose');
    }),
    on('refuses what is no graph', async () => {
      const garbage = () => backend.createSession(Uint8Array.of(1, 2, 3));
      await expectError('backend', garbage, 'garbage');
      const cut = graph();
      const half = () => backend.createSession(cut.subarray(0, cut.length / 2));
      await expectError('backend', half, 'half a graph');
    }),
  ];
}
