import type { Session } from '@clipseg/core/model';
import { parseConfig } from '@clipseg/core/model';
import { describe, expect, it } from 'vitest';
import type { Parameters } from '../checkpoint/parameters.js';
import { OBSERVED, type Observations, observing, smoothingFactors } from './smoothing.js';

const config = parseConfig({
  text_config: {
    num_hidden_layers: 1,
    hidden_size: 2,
    intermediate_size: 3,
    num_attention_heads: 1,
  },
  vision_config: {
    num_hidden_layers: 2,
    hidden_size: 2,
    intermediate_size: 3,
    num_attention_heads: 1,
  },
  extract_layers: [0, 1],
});

describe('observing', () => {
  it('records the maximum of observed values over all runs', async () => {
    const runs = [
      { [`${OBSERVED}a`]: [1, 5], other: [9, 9] },
      { [`${OBSERVED}a`]: [3, 2], [`${OBSERVED}b`]: [7, 0] },
    ];
    const session = {
      async run() {
        const results = Object.entries(runs.shift()!);
        return Object.fromEntries(
          results.map(([name, list]) => [name, { data: Float32Array.from(list) }]),
        );
      },
    } as unknown as Session;
    const into: Observations = new Map();
    const observed = observing(session, into);
    expect(Object.keys(await observed.run({}))).toEqual([`${OBSERVED}a`, 'other']);
    await observed.run({}, {});
    expect([...into]).toEqual([
      ['a', Float32Array.of(3, 5)],
      ['b', Float32Array.of(7, 0)],
    ]);
  });
});

describe('smoothingFactors', () => {
  /** Weights by name; all others are 0. */
  const parametersOf = (weights: Readonly<Record<string, readonly number[]>>) => {
    const taken: string[] = [];
    const take = (name: string, dims: readonly number[]) => {
      taken.push(`${name} ${dims}`);
      const zeros = new Float32Array(dims.reduce((a, b) => a * b, 1));
      const values = weights[name];
      return { name, dims, read: async () => (values ? Float32Array.from(values) : zeros) };
    };
    return { taken, parameters: { take } as unknown as Parameters };
  };
  const layer = 'clip.vision_model.encoder.layers.1';

  it('are square roots of activation range over weight range', async () => {
    const observations = new Map([[`${layer}.layer_norm1`, Float32Array.of(16, 1)]]);
    const { parameters, taken } = parametersOf({
      [`${layer}.self_attn.q_proj.weight`]: [1, 0, -4, 2],
      [`${layer}.self_attn.v_proj.weight`]: [0, -9, 3, 0],
    });
    const factors = await smoothingFactors(observations, parameters, config);
    expect([...factors.keys()]).toEqual([`${layer}.layer_norm1`]);
    const [first, second] = factors.get(`${layer}.layer_norm1`)!;
    expect(first).toBeCloseTo(2, 6);
    expect(second).toBeCloseTo(1 / 3, 6);
    expect(taken).toEqual(
      ['q', 'k', 'v'].map((name) => `${layer}.self_attn.${name}_proj.weight 2,2`),
    );
  });

  it('have a lower limit for channels that are never active or never read', async () => {
    const observations = new Map([[`${layer}.self_attn.v_proj`, Float32Array.of(0, 4)]]);
    const { parameters, taken } = parametersOf({
      [`${layer}.self_attn.out_proj.weight`]: [4, 0, 0, 0],
    });
    const found = (await smoothingFactors(observations, parameters, config)).get(
      `${layer}.self_attn.v_proj`,
    )!;
    expect(found[0]).toBeCloseTo(Math.sqrt(1e-5 / 4), 8);
    expect(found[1]! / Math.sqrt(4 / 1e-5)).toBeCloseTo(1, 5);
    expect(taken).toEqual([`${layer}.self_attn.out_proj.weight 2,2`]);
  });

  it('exist for all observed layers of both encoders', async () => {
    const layers = ['vision_model', 'text_model'].flatMap((tower) =>
      [0, 1, 2].map((i) => `clip.${tower}.encoder.layers.${i}`),
    );
    const observations = new Map(
      layers.map((name) => [`${name}.layer_norm2`, Float32Array.of(1, 1)]),
    );
    const { parameters, taken } = parametersOf({});
    const factors = await smoothingFactors(observations, parameters, config);
    expect([...factors.keys()]).toContain(`${layer}.layer_norm2`);
    expect(factors.has('clip.text_model.encoder.layers.0.layer_norm2')).toBe(true);
    expect(factors.has('clip.text_model.encoder.layers.1.layer_norm2')).toBe(false);
    expect(taken[0]).toMatch(/mlp.fc1.weight 3,2$/);
  });
});
