import { parentPort, workerData } from 'node:worker_threads';
import { ClipSegError } from '@clipseg/node';
import { ortNode } from '@clipseg/node/ort';

// The thread of thread-backend.mjs: answers calls; sessions are identified by a number.

const backend = ortNode(workerData);
const sessions = new Map();

const methods = {
  async create(graph) {
    const session = await backend.createSession(graph);
    const number = sessions.size + 1;
    sessions.set(number, session);
    const { inputNames, outputNames } = session;
    return { session: number, inputNames, outputNames };
  },
  run: (number, feeds, outputs) => sessions.get(number).run(feeds, { outputs }),
  dispose: (number) => sessions.get(number).dispose(),
};

parentPort.on('message', async ({ id, method, args }) => {
  if (method === 'close') {
    // The thread ends when it has nothing left to do, so running calls finish first.
    await Promise.all(Array.from(sessions.values(), (session) => session.dispose()));
    return parentPort.close();
  }
  try {
    parentPort.postMessage({ id, result: await methods[method](...args) });
  } catch (error) {
    const code = ClipSegError.isInstance(error) ? error.code : 'backend';
    parentPort.postMessage({ id, error: { code, message: error.message } });
  }
});
