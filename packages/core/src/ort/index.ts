import type { Backend, GraphSource, RunOptions, Session, Tensor } from '../contracts/backend.js';
import { ClipSegError, throwIfAborted } from '../util/errors.js';
import { showReason } from '../util/show-value.js';

// Adapter for onnxruntime-node and onnxruntime-web. The `ort` object is injected, so this package
// depends on neither.

interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
  dispose?(): void;
}
interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: never, fetches: never): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}
/** The part of ONNX Runtime's JavaScript API that the adapter uses. */
export interface Ort {
  readonly Tensor: new (type: never, data: never, dims: never) => unknown;
  readonly InferenceSession: {
    create(model: never, options: never): Promise<unknown>;
  };
}

export interface OrtBackendOptions {
  readonly ort: Ort;
  /** e.g. `onnxruntime-node/cpu`. */
  readonly name: string;
  /** e.g. `cpu`, for `clipSeg.device`. Default: the name. */
  readonly device?: string;
  /** CPU threads per operator, for `clipSeg.device`. */
  readonly threads?: number;
  /** ONNX Runtime's InferenceSession.SessionOptions. */
  readonly sessionOptions?: object;
}

const describe = (graph: GraphSource): string =>
  typeof graph === 'string' ? graph : `of ${graph.byteLength} bytes`;

const reason = (error: unknown): string =>
  // The message quotes names from the graph; keep its first line.
  showReason(error instanceof Error ? new Error(error.message.split('\n')[0]) : error, 300);

const nextTask = (): Promise<void> => new Promise((done) => setTimeout(done));

/** Makes a Backend from an `ort` object. */
export function ortBackend(options: OrtBackendOptions): Backend {
  const { ort, name, device, threads, sessionOptions = {} } = options;
  return {
    specificationVersion: 1,
    name,
    device,
    threads,
    async createSession(graph, { signal } = {}) {
      throwIfAborted(signal);
      let session: OrtSession;
      try {
        const options = { logSeverityLevel: 3, ...sessionOptions };
        const created = ort.InferenceSession.create(graph as never, options as never);
        session = (await created) as OrtSession;
      } catch (cause) {
        throw new ClipSegError(
          'backend',
          `${name} cannot load the graph ${describe(graph)}: ${reason(cause)}`,
          { cause },
        );
      }
      if (signal?.aborted) await session.release();
      throwIfAborted(signal);
      return ortSession(ort, name, session);
    },
  };
}

function checkFeeds(session: OrtSession, feeds: Readonly<Record<string, Tensor>>): void {
  const { inputNames } = session;
  const missing = inputNames.filter((input) => !Object.hasOwn(feeds, input));
  const unknown = Object.keys(feeds).filter((feed) => !inputNames.includes(feed));
  if (missing.length || unknown.length) {
    throw new ClipSegError(
      'invalid-argument',
      `The graph takes ${inputNames.join(', ')}; missing: ${missing.join(', ') || 'none'}, ` +
        `unknown: ${unknown.join(', ') || 'none'}.`,
    );
  }
}

function ortSession(ort: Ort, name: string, session: OrtSession): Session {
  let disposed = false;
  // One run at a time per session: onnxruntime-web requires it, and on Node parallel runs would
  // only share the same threads.
  let queue: Promise<unknown> = Promise.resolve();

  const run = async (
    feeds: Readonly<Record<string, Tensor>>,
    { signal, outputs }: RunOptions,
  ): Promise<Record<string, Tensor>> => {
    throwIfAborted(signal);
    checkFeeds(session, feeds);
    let results: Record<string, OrtTensor>;
    try {
      const inputs = Object.entries(feeds).map(
        ([input, { type, data, dims }]) =>
          [input, new ort.Tensor(type as never, data as never, dims as never)] as const,
      );
      const fetches = outputs ?? session.outputNames;
      results = await session.run(Object.fromEntries(inputs) as never, fetches as never);
    } catch (cause) {
      throw new ClipSegError('backend', `${name} failed: ${reason(cause)}`, { cause });
    }
    if (signal) await nextTask(); // onnxruntime-node blocks: let what aborts have its turn
    throwIfAborted(signal);
    const tensors = Object.entries(results).map(
      ([output, { type, dims, data }]) => [output, { type, dims, data } as Tensor] as const,
    );
    return Object.fromEntries(tensors);
  };

  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run(feeds, options = {}) {
      if (disposed) return Promise.reject(new ClipSegError('disposed', 'The session is disposed.'));
      const result = queue.then(() => run(feeds, options));
      queue = result.catch(() => {});
      return result;
    },
    async dispose() {
      if (disposed) return;
      disposed = true;
      await queue;
      await session.release();
    },
  };
}
