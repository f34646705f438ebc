import type { ClipSegConfig } from '../contracts/config.js';
import type {
  CompositeStrategy,
  EmbeddingStrategy,
  LabelContext,
  PromptContext,
  PromptStrategy,
} from '../contracts/prompt-strategy.js';
import { leavesOf } from '../prompts/composition/tree.js';
import { type ContractCase, expect, sameNumbers } from './contract.js';

export interface TestPromptStrategyOptions<Own> {
  readonly strategy: PromptStrategy<Own>;
  /** At least two different prompts that the strategy takes. */
  readonly prompts: readonly Own[];
  /** Length of each embedding. Default 512. */
  readonly projectionDim?: number;
  /** Config fields that the strategy reads. */
  readonly config?: Partial<ClipSegConfig>;
}

/** Makes embeddings that depend only on the input: no model is needed. */
function textContext(projectionDim: number, config: Partial<ClipSegConfig>): PromptContext {
  const embed = (value: unknown): Float32Array => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const seed = [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1e6, 7);
    return Float32Array.from({ length: projectionDim }, (_, i) => Math.sin(seed + i));
  };
  return {
    config: { ...config, projectionDim } as ClipSegConfig,
    encodeText: async (texts) => texts.map(embed),
    encodeImages: async (supports) => supports.map(embed),
    encodePrompts: async (prompts) =>
      prompts.map((prompt) => ({ label: JSON.stringify(prompt), embedding: embed(prompt) })),
  };
}

const labels: LabelContext = {
  labelOf: (prompt) => (typeof prompt === 'string' ? prompt : JSON.stringify(prompt)),
};

type On = (name: string, run: () => Promise<void>) => ContractCase;

/**
 * Tests what every `PromptStrategy` must do.
 * @returns one case per requirement
 */
export function testPromptStrategy<Own>(options: TestPromptStrategyOptions<Own>): ContractCase[] {
  const { strategy, prompts } = options;
  const on: On = (name, run) => ({ name: `strategy ${strategy.name}: ${name}`, run });
  return [
    on('takes its prompts and nothing else', async () => {
      expect(strategy.specificationVersion === 1, 'it has the specificationVersion 1');
      expect(strategy.name.trim() !== '', 'it has a name');
      for (const prompt of prompts) expect(strategy.accepts(prompt), 'it accepts its prompts');
      for (const other of [undefined, null, 0, true, {}, [], () => {}]) {
        expect(strategy.accepts(other) === false, `accepts(${String(other)}) is false`);
      }
    }),
    on('labels every prompt', async () => {
      for (const prompt of prompts) {
        const label = strategy.label(prompt, labels);
        expect(typeof label === 'string' && label !== '', 'a label is a text, not empty');
      }
    }),
    ...('compose' in strategy
      ? compositeCases(on, strategy, prompts)
      : embeddingCases(on, strategy, options)),
  ];
}

function embeddingCases<Own>(
  on: On,
  strategy: EmbeddingStrategy<Own>,
  { prompts, projectionDim = 512, config = {} }: TestPromptStrategyOptions<Own>,
): ContractCase[] {
  const context = textContext(projectionDim, config);
  return [
    on('gives one finite embedding per prompt', async () => {
      const embeddings = await strategy.encode(prompts, context);
      expect(embeddings.length === prompts.length, 'as many embeddings as prompts');
      for (const embedding of embeddings) {
        expect(embedding instanceof Float32Array, 'an embedding is a Float32Array');
        expect(embedding.length === projectionDim, `it has projectionDim ${projectionDim} values`);
        expect(embedding.every(Number.isFinite), 'its values are finite');
      }
    }),
    on('depends on the prompt alone, not on its neighbours', async () => {
      const together = await strategy.encode(prompts, context);
      const reversed = (await strategy.encode([...prompts].reverse(), context)).reverse();
      for (const [i, prompt] of prompts.entries()) {
        const [alone] = await strategy.encode([prompt], context);
        const [a, b] = [together[i] ?? [], reversed[i] ?? []];
        expect(alone && sameNumbers(alone, a, 1e-5), 'alone as among others');
        expect(sameNumbers(a, b, 1e-5), 'in any order');
      }
    }),
    on('takes no prompts', async () => {
      expect((await strategy.encode([], context)).length === 0, 'none gives none');
    }),
  ];
}

function compositeCases<Own>(
  on: On,
  strategy: CompositeStrategy<Own>,
  prompts: readonly Own[],
): ContractCase[] {
  return [
    on('composes every prompt of others', async () => {
      for (const prompt of prompts) {
        const leaves = leavesOf<unknown>(strategy.compose(prompt)); // throws if it is malformed
        expect(!leaves.includes(prompt), 'a prompt is not made of itself');
      }
    }),
    on('composes the same each time, and leaves the prompt alone', async () => {
      for (const prompt of prompts) {
        const before = JSON.stringify(prompt);
        const [a, b] = [strategy.compose(prompt), strategy.compose(prompt)];
        expect(JSON.stringify(a) === JSON.stringify(b), 'twice the same');
        expect(JSON.stringify(prompt) === before, 'the prompt is as it was');
      }
    }),
  ];
}
