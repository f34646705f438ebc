import { newPrompt } from './prompts.js';

// Measures a contender in a separate process:
//   node contender-*.js MODEL_FOLDER DTYPE IMAGE   prints one line of JSON

export interface Contender {
  /** Makes a mask at the image's size from a new image and one prompt. */
  firstMask(image: string, prompt: string): Promise<void>;
  /** Makes a mask for another prompt on the image of the last `firstMask`. */
  furtherPrompt(prompt: string): Promise<void>;
  /** Makes masks for many prompts at once on the image of the last `firstMask`. */
  manyPrompts(prompts: readonly string[]): Promise<void>;
  dispose(): Promise<void>;
}

/** Milliseconds and megabytes. */
export interface Figures {
  readonly load: number;
  readonly loadAndFirstMask: number;
  readonly firstMask: number;
  readonly furtherPrompt: number;
  readonly knownText: number;
  readonly sixteenPrompts: number;
  readonly peakMemory: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

export async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export async function repeat(times: number, work: () => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < times; i++) all.push(await time(work));
  return median(all);
}

export const peakMegabytes = (): number => process.resourceUsage().maxRSS / 1024;

export const report = (figures: object): void => console.log(JSON.stringify(figures));

export async function measure(
  create: (folder: string, dtype: string) => Promise<Contender>,
): Promise<void> {
  const [folder = '', dtype = '', image = ''] = process.argv.slice(2);
  let contender!: Contender;
  const load = await time(async () => {
    contender = await create(folder, dtype);
  });
  const cold = await time(() => contender.firstMask(image, newPrompt()));
  const firstMask = await repeat(5, () => contender.firstMask(image, newPrompt()));
  const furtherPrompt = await repeat(15, () => contender.furtherPrompt(newPrompt()));
  const knownPrompt = newPrompt();
  await contender.furtherPrompt(knownPrompt);
  const knownText = await repeat(9, () => contender.furtherPrompt(knownPrompt));
  const sixteenPrompts = await repeat(3, () =>
    contender.manyPrompts(Array.from({ length: 16 }, newPrompt)),
  );
  const figures: Figures = {
    load,
    loadAndFirstMask: load + cold,
    firstMask,
    furtherPrompt,
    knownText,
    sixteenPrompts,
    peakMemory: peakMegabytes(),
  };
  await contender.dispose();
  report(figures);
}
