import type { Backend, Session } from '../contracts/backend.js';
import type { CallOptions } from '../contracts/clip-seg.js';
import type { Dtype, GraphName } from '../contracts/graph.js';
import type { Manifest } from '../contracts/manifest.js';
import type { ModelSource, OpenedModel, OpenOptions } from '../contracts/model.js';
import { checkGraph } from '../graphs/check-graph.js';
import { dtypes } from '../graphs/names.js';
import { ClipSegError } from '../util/errors.js';
import { parseJson } from '../util/json.js';
import { once } from '../util/once.js';
import { checkLfsPointer } from './lfs-pointer.js';
import { MANIFEST_FILE } from './manifest.js';
import { openSource } from './open-source.js';
import type { Tokenizer } from './tokenizer.js';

/** A model with the graphs of one variant, each loaded at its first use. */
export interface Model {
  readonly name: string;
  /** Identity of the weights in use. */
  readonly id: string;
  readonly dtype: Dtype;
  readonly manifest: Manifest;
  /** float32, the dims of `manifest.positionEmbedding`. */
  readonly positionEmbedding: Float32Array;
  /** Returns a graph's session; the first call loads it, and its signal can abort that. */
  session(graph: GraphName, options?: CallOptions): Promise<Session>;
  /** The graphs that are loaded. */
  loaded(): readonly GraphName[];
  tokenizer(): Promise<Tokenizer>;
  dispose(): Promise<void>;
}

export interface LoadModelOptions extends OpenOptions {
  readonly backend: Backend;
  readonly source: ModelSource;
}

const utf8 = new TextDecoder();

function checkListed(bytes: Uint8Array, manifest: Manifest, path: string): void {
  const listed = manifest.files[path]?.size;
  if (bytes.byteLength === listed) return;
  checkLfsPointer(bytes, path, 'invalid-model');
  throw new ClipSegError(
    'invalid-model',
    `${path} has ${bytes.byteLength} bytes, ${MANIFEST_FILE} says ${listed}: it is cut off or of ` +
      'another conversion; fetch the model again, or convert the checkpoint again.',
  );
}

/** Reads a file, which must have the size that the manifest lists. */
async function readListed(
  { manifest, read }: OpenedModel,
  path: string,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const bytes = await read(path, { signal });
  checkListed(bytes, manifest, path);
  checkLfsPointer(bytes, path, 'invalid-model');
  return bytes;
}

/** Adds the file's name to an error of a runtime that got only bytes. */
function naming(error: unknown, path: string): unknown {
  if (!ClipSegError.isInstance(error) || error.code !== 'backend') return error;
  if (error.message.includes(path)) return error;
  return new ClipSegError('backend', `${path}: ${error.message}`, { cause: error });
}

/** Returns the wanted dtype, or the most exact one of the model. */
function chooseDtype(manifest: Manifest, name: string, wanted: Dtype | undefined): Dtype {
  const present = dtypes.filter((dtype) => manifest.variants[dtype]);
  const chosen = wanted ?? present[0];
  if (chosen && present.includes(chosen)) return chosen;
  throw new ClipSegError(
    'invalid-argument',
    `The model ${name} has no ${wanted} variant, only ${present.join(', ')}. Choose one of them, ` +
      `or convert the checkpoint with --dtype ${wanted}.`,
  );
}

async function readTable(opened: OpenedModel, signal?: AbortSignal) {
  const { file } = opened.manifest.positionEmbedding;
  const bytes = await readListed(opened, file, signal);
  const table = new Float32Array(new Uint8Array(bytes).buffer); // aligned, unlike a Buffer's slice
  if (table.every(Number.isFinite)) return table;
  throw new ClipSegError('invalid-model', `${file} holds NaN or Infinity; fetch the model again.`);
}

async function readTokenizer(opened: OpenedModel) {
  const { tokenizer, config } = opened.manifest;
  if (!tokenizer) {
    throw new ClipSegError(
      'invalid-model',
      'This model was converted without tokenizer files, so it takes pictures and embeddings as ' +
        'prompts, but no texts. Put vocab.json and merges.txt (or tokenizer.json) of the repository ' +
        'that the checkpoint comes from into its folder and convert it again.',
    );
  }
  const read = (path: string) => readListed(opened, path);
  const { createTokenizer } = await import('./tokenizer.js'); // a third of what a browser would load
  if ('tokenizerJson' in tokenizer) {
    const path = tokenizer.tokenizerJson;
    const tokenizerJson = parseJson(utf8.decode(await read(path)), path, 'invalid-model');
    return createTokenizer({ tokenizerJson }, config.textConfig);
  }
  const vocab = parseJson(
    utf8.decode(await read(tokenizer.vocab)),
    tokenizer.vocab,
    'invalid-model',
  );
  const merges = utf8.decode(await read(tokenizer.merges));
  return createTokenizer({ vocab, merges }, config.textConfig);
}

/** Loads a graph, with checks before and after the runtime loads it. */
async function openGraph(
  { backend, onProgress }: LoadModelOptions,
  { manifest, graph: open }: OpenedModel,
  { graph, path }: { graph: GraphName; path: string },
  call: CallOptions,
): Promise<Session> {
  const fetchGraph = async (options: OpenOptions) => {
    const source = await open(path, options);
    if (typeof source === 'string') return source;
    checkListed(source, manifest, path);
    checkLfsPointer(source, path, 'invalid-model');
    return source;
  };
  const reload = () => fetchGraph({ onProgress });
  const source = await fetchGraph({ ...call, onProgress });
  try {
    const session = await backend.createSession(source, { ...call, graph, reload });
    return await checkGraph(session, graph, { file: path, config: manifest.config });
  } catch (error) {
    throw naming(error, path);
  }
}

/** Opens the source; graphs are loaded at their first use. */
export async function loadModel(options: LoadModelOptions): Promise<Model> {
  const { backend, source, ...open } = options;
  const { signal } = open;
  const opened = await openSource(source, open);
  const { manifest } = opened;
  const dtype = chooseDtype(manifest, source.name, options.dtype);
  const graphs = manifest.variants[dtype] as Record<GraphName, string>;
  const positionEmbedding = await readTable(opened, signal);
  const sessions = new Map<GraphName, Promise<Session>>();
  const loaded = new Set<GraphName>();

  return {
    name: source.name,
    id: `${manifest.source.sha256.slice(0, 16)}/${dtype}`,
    dtype,
    manifest,
    positionEmbedding,
    session(graph, call = {}) {
      const known = sessions.get(graph);
      if (known) return known;
      const loading = openGraph(options, opened, { graph, path: graphs[graph] }, call);
      sessions.set(graph, loading);
      loading.then(
        () => loaded.add(graph),
        () => sessions.delete(graph),
      );
      return loading;
    },
    loaded: () => [...loaded],
    tokenizer: once(() => readTokenizer(opened)),
    async dispose() {
      const loaded = await Promise.allSettled(sessions.values());
      sessions.clear();
      for (const result of loaded) {
        if (result.status === 'fulfilled') await result.value.dispose();
      }
    },
  };
}
