import type { Backend, Session } from './contracts/backend.js';
import type { CallOptions } from './contracts/clip-seg.js';
import type { Dtype, GraphName, ModelFiles, ModelSource, OpenOptions } from './contracts/model.js';
import { ClipSegError, throwIfAborted } from './errors.js';
import { dtypes, MANIFEST_FILE, type Manifest, parseManifest } from './manifest.js';
import { once } from './once.js';
import type { Tokenizer } from './tokenizer.js';

/** An opened model folder with the graphs of one variant, each loaded when first asked for. */
export interface Model {
  readonly name: string;
  /** Identity of the weights in use. */
  readonly id: string;
  readonly dtype: Dtype;
  readonly manifest: Manifest;
  /** float32, the dims of `manifest.positionEmbedding`. */
  readonly positionEmbedding: Float32Array;
  /** Loaded at the first call, whose signal can stop that. */
  session(graph: GraphName, options?: CallOptions): Promise<Session>;
  tokenizer(): Promise<Tokenizer>;
  dispose(): Promise<void>;
}

export interface LoadModelOptions extends OpenOptions {
  readonly backend: Backend;
  readonly source: ModelSource;
}

const utf8 = new TextDecoder();

async function readJson(files: ModelFiles, path: string, signal?: AbortSignal): Promise<unknown> {
  const bytes = await files.read(path, { signal });
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new ClipSegError('invalid-model', `${path} is not JSON.`, { cause });
  }
}

/** The dtype asked for, or the most exact one there is. */
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

async function readTable(files: ModelFiles, manifest: Manifest, signal?: AbortSignal) {
  const { file, dims } = manifest.positionEmbedding;
  const bytes = await files.read(file, { signal });
  if (bytes.byteLength !== 4 * dims[0] * dims[1]) {
    throw new ClipSegError(
      'invalid-model',
      `${file} has ${bytes.byteLength} bytes, not ${4 * dims[0] * dims[1]}; fetch the model again.`,
    );
  }
  return new Float32Array(new Uint8Array(bytes).buffer); // aligned, unlike a Buffer's slice
}

async function readTokenizer(files: ModelFiles, { tokenizer, config }: Manifest) {
  if (!tokenizer) {
    throw new ClipSegError(
      'invalid-model',
      'This model was converted without tokenizer files: it takes embeddings only. Add vocab.json ' +
        'and merges.txt to the checkpoint and convert it again.',
    );
  }
  const { createTokenizer } = await import('./tokenizer.js'); // a third of what a browser would load
  if ('tokenizerJson' in tokenizer) {
    const tokenizerJson = await readJson(files, tokenizer.tokenizerJson);
    return createTokenizer({ tokenizerJson }, config.textConfig);
  }
  const vocab = await readJson(files, tokenizer.vocab);
  const merges = utf8.decode(await files.read(tokenizer.merges));
  return createTokenizer({ vocab, merges }, config.textConfig);
}

/** Opens the source and reads its manifest; graphs wait until they are asked for. */
export async function loadModel(options: LoadModelOptions): Promise<Model> {
  const { backend, source, ...open } = options;
  const { signal } = open;
  throwIfAborted(signal);
  const files = await source.open(open);
  const manifest = parseManifest(await readJson(files, MANIFEST_FILE, signal));
  const dtype = chooseDtype(manifest, source.name, options.dtype);
  const graphs = manifest.variants[dtype] as Record<GraphName, string>;
  const positionEmbedding = await readTable(files, manifest, signal);
  const sessions = new Map<GraphName, Promise<Session>>();

  return {
    name: source.name,
    id: `${manifest.source.sha256.slice(0, 16)}/${dtype}`,
    dtype,
    manifest,
    positionEmbedding,
    session(graph, call = {}) {
      const known = sessions.get(graph);
      if (known) return known;
      const reload = () => files.graph(graphs[graph], { onProgress: open.onProgress });
      const loading = files
        .graph(graphs[graph], { ...call, onProgress: open.onProgress })
        .then((bytes) => backend.createSession(bytes, { ...call, graph, reload }));
      sessions.set(graph, loading);
      loading.catch(() => sessions.delete(graph));
      return loading;
    },
    tokenizer: once(() => readTokenizer(files, manifest)),
    async dispose() {
      const loaded = await Promise.allSettled(sessions.values());
      sessions.clear();
      for (const result of loaded) {
        if (result.status === 'fulfilled') await result.value.dispose();
      }
    },
  };
}
