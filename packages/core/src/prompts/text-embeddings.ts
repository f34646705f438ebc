import { lru } from 'tiny-lru';
import type { Session } from '../contracts/backend.js';
import type { ClipSegConfig } from '../contracts/config.js';
import type { ConditionalEmbedding } from '../contracts/encoded.js';
import { runTextEncoder } from '../graphs/text-encoder.js';
import { eosPosition } from '../model/config.js';
import type { Tokenizer } from '../model/tokenizer.js';
import { throwIfAborted } from '../util/errors.js';

export interface TextEmbeddings {
  encode(texts: readonly string[], signal?: AbortSignal): Promise<ConditionalEmbedding[]>;
}

export interface TextEmbeddingsOptions {
  readonly config: ClipSegConfig;
  /** Called at the first text: an app that has all embeddings never loads the text encoder. */
  readonly tokenizer: () => Promise<Tokenizer>;
  readonly session: () => Promise<Session>;
  /** Number of texts whose embeddings are cached. */
  readonly cacheSize: number;
}

/** Texts per run: for few tokens, reading the weights takes longer than computing. */
const BATCH_SIZE = 16;

/** Texts to encode in one run, and the signals of the calls that wait for them. */
interface Batch {
  readonly texts: readonly string[];
  readonly ids: readonly number[][];
  readonly waiting: (AbortSignal | undefined)[];
}

interface Entry {
  readonly batch: Batch;
  readonly embedding: Promise<ConditionalEmbedding>;
}

/** Encodes texts with an LRU cache; equal texts of simultaneous calls are encoded once. */
export function createTextEmbeddings(options: TextEmbeddingsOptions): TextEmbeddings {
  const { config, cacheSize } = options;
  const cache = lru<Entry>(cacheSize);
  let queue: Promise<unknown> = Promise.resolve();

  async function run({ ids }: Batch): Promise<ConditionalEmbedding[]> {
    const session = await options.session();
    const { textConfig } = config;
    const texts = ids.map((row) => ({ ids: row, eos: eosPosition(row, textConfig) }));
    const embeddings = await runTextEncoder(session, texts, { padTokenId: textConfig.padTokenId });
    return embeddings.map((embedding) => embedding.slice()); // kept apart from the batch
  }

  /** Runs the batch after earlier ones, unless all its calls were aborted by then. */
  function enqueue(batch: Batch): void {
    const encoded = queue.then(async () => {
      try {
        if (batch.waiting.every((signal) => signal?.aborted)) throwIfAborted(batch.waiting[0]);
        return await run(batch);
      } catch (error) {
        for (const text of batch.texts) forget(text, batch); // a failure is not remembered
        throw error;
      }
    });
    queue = encoded.catch(() => {});
    for (const [i, text] of batch.texts.entries()) {
      const embedding = encoded.then((all) => all[i]!);
      embedding.catch(() => {}); // reported to those who wait
      cache.set(text, { batch, embedding });
    }
  }

  function forget(text: string, batch: Batch): void {
    if (cache.peek(text)?.batch === batch) cache.delete(text);
  }

  /** Forms batches of texts with similar lengths, to reduce padding. */
  function enqueueAll(texts: readonly string[], tokenizer: Tokenizer, signal?: AbortSignal): void {
    const entries = texts.map((text) => ({ text, ids: tokenizer.encode(text) }));
    entries.sort((a, b) => a.ids.length - b.ids.length);
    for (let start = 0; start < entries.length; start += BATCH_SIZE) {
      const rows = entries.slice(start, start + BATCH_SIZE);
      const ids = rows.map((row) => row.ids);
      enqueue({ texts: rows.map((row) => row.text), ids, waiting: [signal] });
    }
  }

  return {
    async encode(texts, signal) {
      const tokenizer = await options.tokenizer();
      throwIfAborted(signal);
      // Nothing awaits from here to the last `cache.set`, so that simultaneous calls see each
      // other.
      const missing = new Set(texts.filter((text) => !cache.has(text)));
      const known = new Map(texts.map((text) => [text, cache.get(text)]));
      enqueueAll([...missing], tokenizer, signal);
      const entries = texts.map((text) => {
        const entry = (known.get(text) ?? cache.get(text))!;
        entry.batch.waiting.push(signal);
        return entry.embedding;
      });
      const embeddings = await Promise.all(entries);
      throwIfAborted(signal);
      return embeddings.map((embedding) => embedding.slice());
    },
  };
}
