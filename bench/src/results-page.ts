import type { Figures } from './measure.js';
import { machine, table, version } from './page.js';

export interface Conversion {
  readonly seconds: number;
  readonly peakMemory: number;
}
/** GFLOP/s */
export interface Rates {
  readonly gemm: number;
  readonly encoder: number;
}
export interface Results {
  readonly rounds: number;
  readonly conversions: Readonly<Record<string, Conversion>>;
  readonly rates: Rates;
  /** Milliseconds; `apart` is six prompts, the others a composition of them. */
  readonly composed: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, Figures>>;
}

const rows: Record<keyof Figures, string> = {
  load: 'load, ms',
  loadAndFirstMask: 'load and the first mask, ms',
  firstMask: 'first mask of a further image, ms',
  furtherPrompt: 'further prompt on a known image, new text, ms',
  knownText: 'further prompt on a known image, text asked before, ms',
  sixteenPrompts: '16 prompts at once on a known image, ms',
  peakMemory: 'peak memory, MB',
};

const digits = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

/** bench/RESULTS.md: ratios, the times behind them, and the machine. */
export async function resultsPage({
  rounds,
  conversions,
  rates,
  composed,
  figures,
}: Results): Promise<string> {
  const names = Object.keys(figures);
  const keys = Object.keys(rows) as (keyof Figures)[];
  const of = (name: string, key: keyof Figures) => figures[name]![key];
  const pairs = [
    ['transformers.js fp32', 'clipseg fp32'],
    ['transformers.js fp32', 'clipseg int8'],
    ['transformers.js q8', 'clipseg int8'],
  ] as const;
  const ratios = keys.map((key) => [
    rows[key],
    ...pairs.map(([a, b]) => `${(of(a, key) / of(b, key)).toFixed(2)}x`),
  ]);
  const times = keys.map((key) => [rows[key], ...names.map((name) => digits(of(name, key)))]);
  const converted = Object.entries(conversions).map(([dtypes, { seconds, peakMemory }]) => [
    dtypes,
    seconds.toFixed(1),
    digits(peakMemory),
  ]);
  const { apart = Number.NaN, ...compositions } = composed;
  const over = Object.entries(compositions).map(([name, time]) => [
    name,
    digits(time),
    `${(time / apart).toFixed(2)}`,
  ]);
  const made = [
    machine(),
    `onnxruntime-node ${await version('onnxruntime-node')}`,
    `transformers.js ${await version('@huggingface/transformers')}`,
  ];
  return `# Results

Made by \`npm run bench\`. One checkpoint of the size of CIDAS/clipseg-rd64-refined with seeded random
weights, 352 x 352, on the CPU; each contender in a process of its own, taking turns, ${rounds} rounds;
medians. ${made.join('; ')}. Both run the same ONNX Runtime.

How many times faster (or smaller) than transformers.js; above 1 is better:

${table(['', 'fp32 / its fp32', 'int8 / its fp32', 'int8 / its q8'], ratios)}

The figures:

${table(['', ...names], times)}

Its graphs are \`clipseg convert --layout single\`'s with ONNX's own operators, as torch exports them;
q8 as ONNX Runtime's \`quantize_dynamic\` makes the linear layers (uint8, one scale per tensor). A
prompt is a new text of two words each time; a mask has the size of the picture (451 x 300).

The fp32 image encoder runs at **${(100 * (rates.encoder / rates.gemm)).toFixed(0)} %** of the rate of bare
matrix multiplications of its own size (${rates.encoder.toFixed(0)} of ${rates.gemm.toFixed(0)} GFLOP/s, in turns in one process).

Six texts asked before and their masks take ${digits(apart)} ms on a known image; one mask composed of the six,
in turns in one process:

${table(['', 'ms', 'of the six'], over)}

Boolean is of AND, OR and NOT, grown has a term grown by 5 pixels, weighted is a sum of all six.

Converting the 603 MB checkpoint, with calibration and self-check:

${table(['dtypes', 'seconds', 'peak memory, MB'], converted)}
`;
}
