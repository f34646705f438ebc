import { describe, expect, it } from 'vitest';
import { fakeBackend } from '../testing/fakes/fake-backend.js';
import { fakeModel } from '../testing/fakes/fake-model.js';
import { loadModel, type Model } from './model.js';
import { runSelfCheck } from './self-check.js';
import { selfCheckPixels } from './self-check-pixels.js';

describe('selfCheckPixels', () => {
  const [h, w] = [32, 48];
  const pixels = selfCheckPixels([h, w]);
  const level = (c: number, x: number, y: number) => 64 * pixels[(c * h + y) * w + x]! + 116;

  it('are discs on a checkerboard, with grain from 0 to 31', () => {
    expect(pixels).toHaveLength(3 * h * w);
    const grains = new Set<number>();
    for (let c = 0; c < 3; c++) {
      for (let y = 0; y < h; y++) {
        for (let x = 0; x < w; x++) {
          const inside = (x - w / 2) ** 2 + (y - h / 2) ** 2 < (h * w * (c + 1)) / 16;
          const field = (Math.floor(y / 8) + Math.floor(x / 8) + c) % 2;
          const grain = level(c, x, y) - (inside ? 160 - 40 * c : 60 + 50 * field);
          expect(grain).toBeGreaterThanOrEqual(0);
          expect(grain).toBeLessThan(32);
          grains.add(grain);
        }
      }
    }
    expect(grains.size).toBe(32);
  });

  it('are the same bits everywhere', () => {
    expect([...pixels.subarray(0, 4)].map((value) => 64 * value + 116)).toEqual(
      [...selfCheckPixels([h, w]).subarray(0, 4)].map((value) => 64 * value + 116),
    );
    let sum = 0;
    for (const [i, value] of pixels.entries()) sum += (64 * value + 116) * ((i % 7) + 1);
    expect(sum).toBe(2006260);
  });
});

describe('runSelfCheck', () => {
  const load = () => loadModel({ backend: fakeBackend(), source: fakeModel() });
  /** With another sample. */
  const changed = async (more: object): Promise<Model> => {
    const model = await load();
    const selfCheck = { ...model.manifest.selfCheck!, ...more };
    return { ...model, manifest: { ...model.manifest, selfCheck } };
  };

  it('compares every logit of the sample, with and without the text encoder', async () => {
    const model = await load();
    for (const textEncoder of [true, false]) {
      const { maxError, tolerance } = await runSelfCheck(model, 'fake', { textEncoder });
      expect(maxError).toBeLessThan(1e-5);
      expect(tolerance).toBe(1e-3);
    }
    const { logits } = model.manifest.selfCheck!;
    for (const i of [0, 7, logits.length - 1]) {
      const wrong = logits.map((value, k) => (k === i ? value - 0.5 : value));
      const call = runSelfCheck(await changed({ logits: wrong }), 'fake');
      await expect(call).rejects.toMatchObject({ code: 'self-check' });
    }
    const near = logits.map((value) => value + 0.0009);
    const found = await runSelfCheck(await changed({ logits: near }), 'fake');
    expect(found.maxError).toBeCloseTo(0.0009, 5);
  });

  it('reads samples of every so many logits', async () => {
    const { logits } = (await load()).manifest.selfCheck!;
    const side = Math.sqrt(logits.length);
    const some = logits.filter((_, i) => (i % side) % 3 === 0 && Math.floor(i / side) % 3 === 0);
    const model = await changed({ logits: some, stride: 3 });
    expect((await runSelfCheck(model, 'fake')).maxError).toBeLessThan(1e-5);
    const shifted = await changed({ logits: [...some.slice(1), some[0]], stride: 3 });
    await expect(runSelfCheck(shifted, 'fake')).rejects.toThrow(/fake.*off by/);
  });

  it('uses the recorded embedding where the text encoder is not wanted', async () => {
    const other = await changed({ embedding: [0, 0, 1] });
    expect((await runSelfCheck(other, 'fake')).maxError).toBeLessThan(1e-5);
    await expect(runSelfCheck(other, 'fake', { textEncoder: false })).rejects.toMatchObject({
      code: 'self-check',
    });
    const without = await changed({ embedding: undefined });
    expect((await runSelfCheck(without, 'fake', { textEncoder: false })).maxError).toBeLessThan(
      1e-5,
    );
  });

  it('fails where a logit is not a number, or where there is no sample', async () => {
    const { logits } = (await load()).manifest.selfCheck!;
    const strange = await changed({
      logits: logits.map((value, i) => (i === 3 ? Number.NaN : value)),
    });
    await expect(runSelfCheck(strange, 'fake')).rejects.toMatchObject({ code: 'self-check' });
    const model = await load();
    const bare = { ...model, manifest: { ...model.manifest, selfCheck: undefined } };
    await expect(runSelfCheck(bare as Model, 'fake')).rejects.toMatchObject({
      code: 'invalid-model',
    });
  });
});
