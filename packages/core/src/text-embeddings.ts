import { LRUCache } from 'lru-cache';
import { type ClipSegConfig, eosPosition } from './config.js';
import type { Session } from './contracts/backend.js';
import type { ConditionalEmbedding } from './contracts/prompt-strategy.js';
import { throwIfAborted } from './errors.js';
import type { Tokenizer } from './tokenizer.js';

export interface TextEmbeddings {
  encode(texts: readonly string[], signal?: AbortSignal): Promise<ConditionalEmbedding[]>;
}

export interface TextEmbeddingsOptions {
  readonly config: ClipSegConfig;
  /** Called at the first text: an app that brings embeddings never loads the text encoder. */
  readonly tokenizer: () => Promise<Tokenizer>;
  readonly session: () => Promise<Session>;
  /** Texts whose embeddings are kept. */
  readonly cacheSize: number;
  readonly batchSize: number;
}

/** The text encoder behind an LRU cache; equal texts in flight are encoded once. */
export function createTextEmbeddings(options: TextEmbeddingsOptions): TextEmbeddings {
  const { config, cacheSize, batchSize } = options;
  const cache = new LRUCache<string, Promise<ConditionalEmbedding>>({ max: cacheSize });

  async function encodeBatch(batch: readonly number[][]): Promise<ConditionalEmbedding[]> {
    const session = await options.session();
    const length = Math.max(...batch.map((ids) => ids.length));
    const inputIds = new Int32Array(batch.length * length).fill(config.textConfig.padTokenId);
    for (const [row, ids] of batch.entries()) inputIds.set(ids, row * length);
    const eos = batch.map((ids, row) => row * length + eosPosition(ids, config.textConfig));
    const dims = [batch.length];
    const { text_embedding: result } = await session.run({
      input_ids: { type: 'int32', data: inputIds, dims: [batch.length, length] },
      eos_rows: { type: 'int32', data: Int32Array.from(eos), dims },
    });
    const width = config.projectionDim;
    const data = result?.data as Float32Array;
    return batch.map((_, row) => data.slice(row * width, (row + 1) * width));
  }

  /** Encodes what is not cached, texts of similar length together, and caches the promises. */
  async function encodeMissing(
    texts: readonly string[],
    into: Map<string, Promise<ConditionalEmbedding>>,
    signal?: AbortSignal,
  ): Promise<void> {
    const tokenizer = await options.tokenizer();
    const entries = texts.map((text) => ({ text, ids: tokenizer.encode(text) }));
    entries.sort((a, b) => a.ids.length - b.ids.length);
    for (let start = 0; start < entries.length; start += batchSize) {
      throwIfAborted(signal);
      const batch = entries.slice(start, start + batchSize);
      const encoded = encodeBatch(batch.map(({ ids }) => ids));
      for (const [i, { text }] of batch.entries()) {
        const embedding = encoded.then((all) => all[i] as ConditionalEmbedding);
        embedding.catch(() => cache.delete(text)); // a failure is not remembered
        cache.set(text, embedding);
        into.set(text, embedding);
      }
      await encoded;
    }
  }

  return {
    async encode(texts, signal) {
      const found = new Map<string, Promise<ConditionalEmbedding>>();
      const missing = new Set<string>();
      for (const text of texts) {
        const known = cache.get(text);
        if (known) found.set(text, known);
        else missing.add(text);
      }
      if (missing.size) await encodeMissing([...missing], found, signal);
      const embeddings = texts.map((text) => found.get(text) as Promise<ConditionalEmbedding>);
      return (await Promise.all(embeddings)).map((embedding) => embedding.slice());
    },
  };
}
