import type { Backend, Session } from './contracts/backend.js';
import type { Dtype, ModelFiles, ModelSource, OpenOptions } from './contracts/model.js';
import { ClipSegError, throwIfAborted } from './errors.js';
import {
  dtypes,
  MANIFEST_FILE,
  type Manifest,
  type ManifestGraphs,
  parseManifest,
} from './manifest.js';
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
  session(graph: keyof ManifestGraphs): Promise<Session>;
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
  const { backend, source, signal, onProgress } = options;
  throwIfAborted(signal);
  const files = await source.open({ signal, onProgress, dtype: options.dtype });
  const manifest = parseManifest(await readJson(files, MANIFEST_FILE, signal));
  const dtype = chooseDtype(manifest, source.name, options.dtype);
  const graphs = manifest.variants[dtype] as ManifestGraphs;
  const positionEmbedding = await readTable(files, manifest, signal);
  const sessions = new Map<keyof ManifestGraphs, Promise<Session>>();

  return {
    name: source.name,
    id: `${manifest.source.sha256.slice(0, 16)}/${dtype}`,
    dtype,
    manifest,
    positionEmbedding,
    session(graph) {
      const known = sessions.get(graph);
      if (known) return known;
      const loading = files.graph(graphs[graph]).then((g) => backend.createSession(g));
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
