// Runs in the page: both libraries with one checkpoint, on WASM with two threads, alternating.

import { createClipSeg, type EncodedImage } from '@clipseg/web';
import {
  AutoProcessor,
  AutoTokenizer,
  CLIPSegForImageSegmentation,
  env,
  RawImage,
} from '@huggingface/transformers';
import { newPrompt } from '../src/prompts.js';

const image = '/image.png';

interface Contender {
  /** Makes a mask at the image's size from a new image and one prompt. */
  firstMask(prompt: string): Promise<void>;
  /** Makes a mask for another prompt on the image of the last `firstMask`. */
  furtherPrompt(prompt: string): Promise<void>;
  dispose(): Promise<void>;
}

async function ours(dtype: 'fp32' | 'int8'): Promise<Contender> {
  const clipSeg = await createClipSeg({
    model: '/clipseg/',
    dtype,
    device: 'wasm',
    threads: 2,
    selfCheck: false,
    cache: false,
    ortFolder: '/ort/',
  });
  let encoded: EncodedImage;
  const mask = async (prompt: string) => {
    const { segments } = await clipSeg.segment(encoded, prompt);
    segments[0]?.mask();
  };
  return {
    async firstMask(prompt) {
      encoded = await clipSeg.encodeImage(image);
      await mask(prompt);
    },
    furtherPrompt: mask,
    dispose: () => clipSeg.dispose(),
  };
}

// As in its documentation of CLIPSegForImageSegmentation, plus a mask at the image's size.
async function theirs(dtype: 'fp32' | 'q8'): Promise<Contender> {
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.useBrowserCache = false;
  env.localModelPath = '/';
  const { wasm } = env.backends.onnx;
  if (wasm) Object.assign(wasm, { numThreads: 2, wasmPaths: '/ort/' });
  const name = 'transformers';
  const tokenizer = await AutoTokenizer.from_pretrained(name);
  const processor = await AutoProcessor.from_pretrained(name);
  const options = { dtype, device: 'wasm' } as const;
  const model = await CLIPSegForImageSegmentation.from_pretrained(name, options);
  let read: RawImage;
  async function mask(prompt: string): Promise<void> {
    const text = tokenizer([prompt], { padding: true, truncation: true });
    const pixels = await processor(read);
    let { logits } = await model({ ...text, ...pixels });
    if (logits.dims.length === 2) logits = logits.unsqueeze(0);
    const levels = logits.sigmoid().mul_(255).round_().to('uint8');
    const probabilities = RawImage.fromTensor(levels[0].unsqueeze(0));
    const { data } = await probabilities.resize(read.width, read.height);
    (data as Uint8Array).map((level) => (level > 127 ? 1 : 0));
  }
  return {
    async firstMask(prompt) {
      read = await RawImage.read(image);
      await mask(prompt);
    },
    furtherPrompt: mask,
    dispose: async () => void (await model.dispose()),
  };
}

async function time(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export interface Pair {
  /** Milliseconds of both libraries, measured one after the other. */
  readonly ours: number;
  readonly theirs: number;
}
export interface WebFigures {
  readonly firstMask: readonly Pair[];
  readonly furtherPrompt: readonly Pair[];
}

async function compare(
  [dtype, their]: readonly ['fp32' | 'int8', 'fp32' | 'q8'],
  rounds: number,
): Promise<WebFigures> {
  const [a, b] = [await ours(dtype), await theirs(their)];
  const pairs = async (count: number, what: 'firstMask' | 'furtherPrompt') => {
    const all: Pair[] = [];
    for (let i = -1; i < count; i++) {
      const pair = {
        ours: await time(() => a[what](newPrompt())),
        theirs: await time(() => b[what](newPrompt())),
      };
      if (i >= 0) all.push(pair); // the first is warm-up
    }
    return all;
  };
  const figures = {
    firstMask: await pairs(rounds, 'firstMask'),
    furtherPrompt: await pairs(rounds, 'furtherPrompt'),
  };
  await Promise.all([a.dispose(), b.dispose()]);
  return figures;
}

Object.assign(globalThis, { compare });
