import type { ClipSegConfig } from './config.js';
import type { Dtype, GraphName } from './contracts/model.js';
import { ClipSegError } from './errors.js';
import { isRecord } from './json.js';
import type { Preprocessing } from './preprocessing.js';

export const MANIFEST_FILE = 'clipseg.json';
export const MANIFEST_FORMAT_VERSION = 2;

export interface ManifestFile {
  readonly size: number;
  readonly sha256: string;
}

/** The four graphs of one variant: file names inside the folder. */
export type ManifestGraphs = Readonly<Record<GraphName, string>>;

/**
 * A fixed small input with its expected logits. pixel_values is
 * `selfCheckPixels(size)` (normalised values, no resize); the prompt is `inputIds`.
 * `logits` holds every `stride`-th value of each axis of the [h, w] logits, row-major.
 */
export interface SelfCheck {
  readonly size: readonly [height: number, width: number];
  readonly inputIds: readonly number[];
  /** What the text encoder makes of them: for a check without it. */
  readonly embedding?: readonly number[];
  readonly stride: number;
  readonly logits: readonly number[];
  /** Largest absolute difference allowed, per dtype of the variant in use. */
  readonly tolerance: Readonly<Record<Dtype, number>>;
}

/** clipseg.json */
export interface Manifest {
  readonly formatVersion: typeof MANIFEST_FORMAT_VERSION;
  /** The checkpoint: a name for people, and the sha256 of its weights file(s). */
  readonly source: { readonly name: string; readonly sha256: string };
  readonly config: ClipSegConfig;
  readonly preprocessing: Preprocessing;
  /** File names; absent when the checkpoint brought none (then only embedding prompts work). */
  readonly tokenizer?:
    | { readonly tokenizerJson: string }
    | { readonly vocab: string; readonly merges: string };
  /** The trained table, float32 little-endian, dims [1 + grid*grid, hiddenSize]; CLS row first. */
  readonly positionEmbedding: { readonly file: string; readonly dims: readonly [number, number] };
  readonly variants: Readonly<Partial<Record<Dtype, ManifestGraphs>>>;
  readonly files: Readonly<Record<string, ManifestFile>>;
  readonly selfCheck?: SelfCheck;
}

export const graphNames: readonly GraphName[] = [
  ...(['visionEncoder', 'visionHead', 'textEncoder', 'decoder'] as const),
];
export const dtypes: readonly Dtype[] = ['fp32', 'fp16', 'int8'];

function check(ok: unknown, what: string): asserts ok {
  if (!ok) {
    throw new ClipSegError(
      'invalid-model',
      `${MANIFEST_FILE}: ${what}. Convert the checkpoint again with \`clipseg convert\`.`,
    );
  }
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((v) => typeof v === 'number' && Number.isFinite(v));

/** A plain name: a manifest from elsewhere must not reach out of its folder. */
const isFileName = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w][\w.-]*$/.test(value) && !value.includes('..');

function checkFiles(files: unknown): asserts files is Manifest['files'] {
  check(isRecord(files), 'files is no object');
  for (const [name, file] of Object.entries(files)) {
    check(isFileName(name), `${JSON.stringify(name)} is no plain file name`);
    const ok = isRecord(file) && isCount(file.size) && /^[0-9a-f]{64}$/.test(String(file.sha256));
    check(ok, `files.${name} needs size and sha256`);
  }
}

function checkVariants(variants: unknown, files: Manifest['files']): void {
  check(isRecord(variants) && Object.keys(variants).length > 0, 'variants is empty');
  for (const [dtype, graphs] of Object.entries(variants)) {
    check((dtypes as string[]).includes(dtype), `variants.${dtype} is no dtype`);
    for (const name of graphNames) {
      const file = isRecord(graphs) ? graphs[name] : undefined;
      check(
        isFileName(file) && Object.hasOwn(files, file),
        `variants.${dtype}.${name} has no file`,
      );
    }
  }
}

function checkTokenizer(tokenizer: unknown, files: Manifest['files']): void {
  if (tokenizer === undefined) return;
  check(isRecord(tokenizer), 'tokenizer is no object');
  const names = Object.values(tokenizer);
  const known = names.every((name) => isFileName(name) && Object.hasOwn(files, name));
  check(known && names.length > 0, 'tokenizer names a file that is not listed');
}

function checkSelfCheck(sample: unknown): void {
  if (sample === undefined) return;
  check(isRecord(sample), 'selfCheck is no object');
  const { size, inputIds, embedding, stride, logits, tolerance } = sample;
  check(isNumbers(size) && size.length === 2 && size.every((v) => v > 0), 'selfCheck.size is odd');
  check(isNumbers(inputIds) && inputIds.every(isCount), 'selfCheck.inputIds are no tokens');
  check(embedding === undefined || isNumbers(embedding), 'selfCheck.embedding is no list');
  check(isCount(stride) && stride > 0, 'selfCheck.stride is odd');
  const [h = 0, w = 0] = size;
  const count = Math.ceil(h / stride) * Math.ceil(w / stride);
  check(isNumbers(logits) && logits.length === count, `selfCheck.logits are not ${count} numbers`);
  const complete = isRecord(tolerance) && dtypes.every((d) => Number(tolerance[d]) > 0);
  check(complete, 'selfCheck.tolerance is incomplete');
}

/**
 * Checks what clipseg.json says before anything is loaded by it.
 * @throws ClipSegError `invalid-model` naming the field
 */
export function parseManifest(json: unknown): Manifest {
  check(isRecord(json), 'the whole is no object');
  const { formatVersion } = json;
  check(
    formatVersion === MANIFEST_FORMAT_VERSION,
    `formatVersion is ${formatVersion}; this library reads ${MANIFEST_FORMAT_VERSION}`,
  );
  const { source, config, preprocessing, positionEmbedding: positions, files } = json;
  check(isRecord(source) && typeof source.name === 'string', 'source has no name');
  check(typeof source.sha256 === 'string', 'source has no sha256');
  const complete = isRecord(config) && isRecord(config.textConfig) && isRecord(config.visionConfig);
  check(complete && isRecord(preprocessing), 'config or preprocessing is no object');
  checkFiles(files);
  checkVariants(json.variants, files);
  checkTokenizer(json.tokenizer, files);
  checkSelfCheck(json.selfCheck);
  check(isRecord(positions) && isFileName(positions.file), 'positionEmbedding has no file');
  const dims = positions.dims;
  check(isNumbers(dims) && dims.length === 2, 'positionEmbedding.dims are odd');
  const listed = Object.hasOwn(files, positions.file) ? files[positions.file] : undefined;
  const bytes = 4 * (dims[0] ?? 0) * (dims[1] ?? 0);
  check(listed?.size === bytes, `${positions.file} does not have ${bytes} bytes`);
  return json as unknown as Manifest;
}
