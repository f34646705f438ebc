import { ClipSegError, createClipSeg, type RawImage } from '@clipseg/node';
import { resolveModel } from '@clipseg/node/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Options of the wrong type, possible in JavaScript, are reported before any work.

type Options = Record<string, unknown>;
const thrower = () => {
  throw new Error('called');
};
const proxy = new Proxy({}, { get: thrower, has: thrower, ownKeys: thrower });
const picture = { width: 8, height: 8, channels: 1, data: new Uint8Array(64) } as RawImage;

let clipSeg: Awaited<ReturnType<typeof createClipSeg>>;
beforeAll(async () => {
  clipSeg = await createClipSeg({ preload: [] });
});
afterAll(() => clipSeg.dispose());

async function refusal(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    if (!ClipSegError.isInstance(error)) throw error;
    expect(error.message.length).toBeLessThan(400);
    return `${error.code}: ${error.message}`;
  }
  throw new Error('nothing was refused');
}

describe('createClipSeg', () => {
  // biome-ignore format: one case per line
  it.each<[options: unknown, message: string]>([
    [null, 'The options of createClipSeg are null'],
    [proxy, 'The options of createClipSeg cannot be read'],
    [{ model: null }, 'model is null, not the source of a model'],
    [{ model: 5 }, 'model is 5, not the source'],
    [{ model: proxy }, 'model cannot be read'],
    [{ model: 'a/b', cacheDir: 5 }, 'cacheDir is 5, not text'],
    [{ backend: {} }, 'backend is {}, not a backend'],
    [{ backend: { createSession: thrower, name: 5 } }, "The backend's name is 5, not text"],
    [
      { backend: { createSession: thrower, name: 'old' } },
      'The backend "old" has no specificationVersion, and this version',
    ],
    [{ model: { open: thrower, name: 'old', specificationVersion: 2 } }, 'The model source "old" has the specificationVersion 2'],
    [{ strategies: 5 }, 'strategies is 5, not a list'],
    [{ strategies: [5] }, 'Strategy 1 is 5, not a prompt strategy'],
    [{ strategies: [undefined] }, 'Strategy 1 is undefined, not a prompt strategy'],
    [{ preload: 'decoder' }, 'preload is the text "decoder", not a list'],
    [{ dtype: { toString: 1 } }, 'dtype is {"toString": 1}, not fp32 or fp16 or int8'],
    [{ dtype: 'x'.repeat(1e5) }, 'dtype is "xxx'],
    [{ selfCheck: 'false' }, 'selfCheck is "false", not true or false'],
    [{ onProgress: {} }, 'onProgress is {}, not a function'],
    [{ onWarning: 1 }, 'onWarning is 1, not a function'],
    [{ signal: {} }, 'signal is {}, not an AbortSignal'],
    [{ signal: new AbortController() }, 'signal is {"signal": {"aborted"'],
  ])('%#', async (options, message) => {
    expect(await refusal(() => createClipSeg(options as Options))).toContain(
      `invalid-argument: ${message}`,
    );
  });

  it('resolveModel accepts only text', async () => {
    expect(await refusal(() => resolveModel(5 as never))).toContain('model is 5, not text');
  });
});

describe('calls', () => {
  const call = (name: 'encodeImage' | 'segment', ...args: unknown[]) =>
    (clipSeg[name] as (...all: unknown[]) => Promise<unknown>)(...args);
  // biome-ignore format: one case per line
  it.each<[message: string, ...call: Parameters<typeof call>]>([
    ['The options of encodeImage are null', 'encodeImage', picture, null],
    ['The options of encodeImage cannot be read', 'encodeImage', picture, proxy],
    ['signal is {}, not an AbortSignal', 'encodeImage', picture, { signal: {} }],
    ['resolution: "352" is not a side', 'encodeImage', picture, { resolution: '352' }],
    ['flips is the text "no", not true or false', 'encodeImage', picture, { flips: 'no' }],
    ['The image cannot be read', 'encodeImage', proxy],
    ['The image cannot be read', 'encodeImage', { ...picture, data: proxy }],
    ['The options of segment are 5', 'segment', picture, 'a', 5],
    ['signal is true, not an AbortSignal', 'segment', picture, 'a', { signal: true }],
    ['negative is the text "cat", not a list', 'segment', picture, 'a', { negative: 'cat' }],
    ['The prompt cannot be read', 'segment', picture, [proxy]],
  ])('%s', async (message, ...args) => {
    expect(await refusal(() => call(...args))).toContain(message);
  });
});
