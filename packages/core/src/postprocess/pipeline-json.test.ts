import { describe, expect, it } from 'vitest';
import { defineThresholder } from './define.js';
import { pipelineFromJson, thresholderFromJson } from './pipeline-json.js';

describe('thresholderFromJson', () => {
  it.each([
    [0.3, 'fixed', { value: 0.3 }],
    [0, 'fixed', { value: 0 }],
    ['otsu', 'otsu', { least: 0 }],
    [' {"name": "otsu", "least": 0.2}', 'otsu', { least: 0.2 }],
    [{ name: 'hysteresis', low: 0.2 }, 'hysteresis', { low: 0.2, high: 0.6 }],
  ])('reads %j', (json, name, options) => {
    const thresholder = thresholderFromJson(json);
    expect([thresholder.name, thresholder.options]).toEqual([name, options]);
  });

  it('reads custom ones', () => {
    const mine = () => defineThresholder({ name: 'mine', level: () => 0.4 });
    expect(thresholderFromJson('mine', { thresholders: { mine } }).name).toBe('mine');
    expect(() => thresholderFromJson('mine')).toThrow(/"mine"/);
  });

  it.each([[2], ['magic'], ['{'], ['{"name": "otsu", "foo": 1}'], [null], [{}]])(
    'refuses %j',
    (json) => {
      expect(() => thresholderFromJson(json)).toThrow(
        expect.objectContaining({ code: 'invalid-argument' }),
      );
    },
  );
});

describe('pipelineFromJson', () => {
  it('takes up to a thousand steps', () => {
    const steps = (count: number) => Array<string>(count).fill('feather');
    expect(pipelineFromJson(steps(1000))).toHaveLength(1000);
    expect(() => pipelineFromJson(steps(1001))).toThrow(/1001 steps/);
  });

  it('names the step and keeps the cause of an error', () => {
    const call = () => pipelineFromJson(['feather', { name: 'largest', count: 0 }]);
    expect(call).toThrow(/^Step 2 \(largest\): count is 0/);
    expect(call).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ message: expect.any(String) }) }),
    );
    const failing = {
      steps: {
        broken: () => {
          throw new TypeError('theirs');
        },
      },
    };
    expect(() => pipelineFromJson(['broken'], failing)).toThrow(/^Step 1 \(broken\)/);
  });
});
