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
  knownText: 'further prompt on a known image, cached text, ms',
  sixteenPrompts: '16 prompts at once on a known image, ms',
  peakMemory: 'peak memory, MB',
};

const digits = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

/** Makes bench/RESULTS.md: ratios, times, and the machine. */
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
  const composedRows = Object.entries(compositions).map(([name, time]) => [
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
weights, 352 x 352, on the CPU; each contender in a separate process, alternating, ${rounds} rounds;
medians. ${made.join('; ')}. Both run the same ONNX Runtime.

How many times faster (or smaller) than transformers.js; above 1 is better:

${table(['', 'fp32 / its fp32', 'int8 / its fp32', 'int8 / its q8'], ratios)}

The measured values:

${table(['', ...names], times)}

Its graphs are those of \`clipseg convert --layout single\` with standard ONNX operators, like exports of
torch; q8 has the linear layers of ONNX Runtime's \`quantize_dynamic\` (uint8, one scale per tensor). A
prompt is a new text of two words each time; a mask has the size of the image (451 x 300).

The fp32 vision encoder runs at **${(100 * (rates.encoder / rates.gemm)).toFixed(0)} %** of the rate of bare
matrix multiplications of its sizes (${rates.encoder.toFixed(0)} of ${rates.gemm.toFixed(0)} GFLOP/s, alternating in one process).

Six cached texts and their masks take ${digits(apart)} ms on a known image; one mask composed of the six,
alternating in one process:

${table(['', 'ms', 'relative to the six'], composedRows)}

Boolean uses AND, OR and NOT; grown has a term grown by 5 pixels; weighted is a sum of all six.

Converting the 603 MB checkpoint, with calibration and self-check:

${table(['dtypes', 'seconds', 'peak memory, MB'], converted)}
`;
}
