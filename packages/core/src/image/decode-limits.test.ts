import { describe, expect, it } from 'vitest';
import { decodeLimits, inTime } from './decode-limits.js';

describe('decodeLimits', () => {
  it('has defaults', () => {
    const usual = { maxPixels: 2 ** 28, maxBytes: 2 ** 29, decodeTimeoutMs: 30_000 };
    expect(decodeLimits()).toEqual(usual);
    expect(decodeLimits({ maxPixels: 1 })).toEqual({ ...usual, maxPixels: 1 });
    const most = { maxPixels: 2 ** 28, maxBytes: 2 ** 31, decodeTimeoutMs: 3_600_000 };
    expect(decodeLimits(most)).toEqual(most);
  });

  it.each([
    [{ maxPixels: 2 ** 28 + 1 }, /maxPixels is 268435457/],
    [{ maxBytes: 0 }, /maxBytes is 0/],
    [{ maxBytes: 2 ** 31 + 1 }, /maxBytes/],
    [{ decodeTimeoutMs: 1.5 }, /decodeTimeoutMs is 1.5/],
    [{ decodeTimeoutMs: 3_600_001 }, /decodeTimeoutMs/],
    [null, /options are null/],
    [7, /options are 7/],
  ])('refuses %j', (limits, message) => {
    expect(() => decodeLimits(limits as never)).toThrow(message);
  });
});

describe('inTime', () => {
  const never = () => new Promise<never>(() => {});
  const late = () => new Error('late');

  it('is the promise', async () => {
    expect(await inTime(Promise.resolve(7), {})).toBe(7);
    expect(await inTime(Promise.resolve(7), { timeoutMs: 1000, late })).toBe(7);
    await expect(inTime(Promise.reject(new Error('own')), {})).rejects.toThrow('own');
  });

  it('fails when the time is over', async () => {
    await expect(inTime(never(), { timeoutMs: 1, late })).rejects.toThrow('late');
    const slow = new Promise((resolve) => setTimeout(resolve, 15, 'slow'));
    expect(await inTime(slow, { timeoutMs: 1 })).toBe('slow'); // nothing to say that it is late
  });

  it('fails when the signal fires, before or meanwhile', async () => {
    const reason = new Error('why');
    await expect(inTime(never(), { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({
      code: 'aborted',
    });
    const controller = new AbortController();
    const call = inTime(never(), { signal: controller.signal });
    controller.abort(reason);
    await expect(call).rejects.toMatchObject({ code: 'aborted', cause: reason });
  });

  it('leaves no listener, and no rejection that nobody waits for', async () => {
    const listeners = new Set<unknown>();
    const { signal } = new AbortController();
    signal.addEventListener = (_: string, listener: unknown) => void listeners.add(listener);
    signal.removeEventListener = (_: string, listener: unknown) => void listeners.delete(listener);
    const added = inTime(Promise.resolve(1), { signal });
    expect(listeners.size).toBe(1);
    await added;
    expect(listeners.size).toBe(0);
    const failing = Promise.reject(new Error('later'));
    await expect(inTime(failing, { signal: AbortSignal.abort() })).rejects.toThrow(/aborted/);
  });
});
