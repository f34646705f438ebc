import type { CallOptions, ClipSeg } from '../../contracts/clip-seg.js';
import type { RawImage } from '../../contracts/image.js';
import type { PromptOf, PromptStrategy } from '../../contracts/prompt-strategy.js';
import { type CreateClipSegOptions, createClipSeg } from '../../create-clip-seg.js';
import { inTime } from '../../image/decode-limits.js';
import { createWork } from '../../util/work.js';
import { fakeBackend } from './fake-backend.js';
import { fakeModel } from './fake-model.js';

/** A recorded call. */
export interface FakeCall {
  readonly method: Exclude<keyof ClipSeg, 'model' | 'device'>;
  readonly args: readonly unknown[];
}

export interface FakeClipSegOptions<ImageInput> extends Partial<CreateClipSegOptions<ImageInput>> {
  /**
   * Called before each call but `dispose`. The call waits for the returned promise, until it is
   * aborted, and rejects with what `onCall` throws.
   */
  readonly onCall?: (call: FakeCall) => void | Promise<void>;
}

export interface FakeClipSeg<ImageInput = RawImage, Custom = never>
  extends ClipSeg<ImageInput, Custom> {
  /** All calls so far, `dispose` included, first call first. */
  readonly calls: readonly FakeCall[];
}

/**
 * Creates a `ClipSeg` for the tests of an app, without weights. It is the real engine over
 * `fakeBackend()` and `fakeModel()`, so checks, errors, aborting and disposing are the real ones.
 * @param options those of `createClipSeg`, all optional, and `onCall`; `selfCheck` is false by
 *   default
 * @throws ClipSegError as `createClipSeg` does
 */
export async function fakeClipSeg<
  ImageInput = RawImage,
  Custom = never,
  const Strategies extends readonly PromptStrategy[] = readonly PromptStrategy<Custom>[],
>(
  options: FakeClipSegOptions<ImageInput> & { readonly strategies?: Strategies } = {},
): Promise<FakeClipSeg<ImageInput, Custom | PromptOf<Strategies[number]>>> {
  const { onCall, ...rest } = options;
  const clipSeg = await createClipSeg<ImageInput, Custom, Strategies>({
    backend: fakeBackend(),
    model: fakeModel(),
    selfCheck: false,
    ...rest,
  });
  const calls: FakeCall[] = [];
  const work = createWork();

  function observed<Args extends unknown[], R>(
    method: FakeCall['method'],
    run: (...args: Args) => Promise<R>,
  ): (...args: Args) => Promise<R> {
    return work.track(async (...args) => {
      const call = { method, args };
      calls.push(call);
      const { signal } = (args.at(-1) ?? {}) as CallOptions;
      if (onCall) await inTime((async () => onCall(call))(), { signal });
      return run(...args);
    });
  }

  return {
    model: clipSeg.model,
    get device() {
      return clipSeg.device;
    },
    calls,
    encodeImage: observed('encodeImage', clipSeg.encodeImage),
    encodePrompts: observed('encodePrompts', clipSeg.encodePrompts),
    countTokens: observed('countTokens', clipSeg.countTokens),
    decode: observed('decode', clipSeg.decode),
    segment: observed('segment', clipSeg.segment),
    selfCheck: observed('selfCheck', clipSeg.selfCheck),
    dispose() {
      calls.push({ method: 'dispose', args: [] });
      return work.end(() => clipSeg.dispose());
    },
  };
}
