import { ClipSegError, latest } from '@clipseg/core';
import { expect, it } from 'vitest';

const settled = (promise: Promise<unknown>) =>
  promise.catch((error) => (ClipSegError.isInstance(error) ? error.code : String(error)));

it('runs the first and the last of many, one at a time', async () => {
  const ran: string[] = [];
  let inside = 0;
  const ask = latest(async (text: string, { signal }) => {
    expect(inside++).toBe(0);
    ran.push(text);
    await new Promise((done) => setTimeout(done, 5));
    inside--;
    signal.throwIfAborted();
    return text;
  });
  const calls = [...'abcd'].map((text) => settled(ask(text)));
  expect(await Promise.all(calls)).toEqual(['aborted', 'aborted', 'aborted', 'd']);
  expect(ran).toEqual(['a', 'd']);
  expect(await ask('e')).toBe('e');
});

it('what was overtaken is aborted even when it finishes, and hears so while it runs', async () => {
  const reasons: unknown[] = [];
  const ask = latest(async (text: string, { signal }) => {
    signal.addEventListener('abort', () => reasons.push(signal.reason));
    await new Promise((done) => setTimeout(done));
    return text;
  });
  const [first, second] = [settled(ask('a')), settled(ask('b'))];
  expect([await first, await second]).toEqual(['aborted', 'b']);
  expect(reasons).toEqual([expect.objectContaining({ code: 'aborted' })]);
});

it('passes on failures and signals of the caller', async () => {
  const ask = latest(async (_: string, { signal }) => {
    signal.throwIfAborted();
    throw new Error('no');
  });
  expect(await settled(ask('a'))).toBe('Error: no');
  const signal = AbortSignal.abort(new Error('enough'));
  expect(await settled(ask('b', { signal }))).toBe('Error: enough');
  expect(await settled(ask('c'))).toBe('Error: no');
});
