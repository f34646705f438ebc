import type { ClipSegConfig } from '../contracts/config.js';
import type { Manifest, ManifestFile } from '../contracts/manifest.js';
import { dtypes, graphNames } from '../graphs/names.js';
import { ClipSegError } from '../util/errors.js';
import { isRecord } from '../util/json.js';
import { showValue } from '../util/show-value.js';
import { checkConfig, type Refuse } from './config.js';
import { checkLfsPointer } from './lfs-pointer.js';
import { checkPreprocessing } from './preprocessing.js';

export const MANIFEST_FILE = 'clipseg.json';
export const MANIFEST_FORMAT_VERSION = 2;

function check(ok: unknown, what: string): asserts ok {
  if (!ok) {
    throw new ClipSegError(
      'invalid-model',
      `${MANIFEST_FILE}: ${what}. Convert the checkpoint again with \`clipseg convert\`.`,
    );
  }
}

// A protobuf has at most 2 GiB, and so have the converter's graphs; CLIP's tokenizer has 3 MB.
const MAX_FILE = 2 ** 31;
const MAX_TEXT_FILE = 64 * 2 ** 20;
const MAX_FILES = 1000;
const MAX_NAME = 200;
const MAX_PATH = 4096; // the name of a checkpoint may be its path
const MAX_CHECK_SIDE = 2048;
// The largest manifests have about 30 kB.
const MAX_MANIFEST = 2 ** 20;

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;
const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((v) => typeof v === 'number' && Number.isFinite(v));
const isSha256 = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length <= longest;

/** Checks that a path is a plain name: a manifest must not lead out of its folder. */
const isFileName = (value: unknown): value is string =>
  isText(value, MAX_NAME) && /^[\w][\w.-]*$/.test(value) && !value.includes('..') && !(value in {});

const refuseIn =
  (section: string): Refuse =>
  (field, value, expected) => {
    check(false, `${section}.${field} is ${showValue(value)}, not ${expected}`);
    throw new Error(); // not reached
  };

function checkFiles(files: unknown): asserts files is Manifest['files'] {
  check(isRecord(files), 'files is no object');
  const entries = Object.entries(files);
  check(entries.length <= MAX_FILES, `files has ${entries.length} entries`);
  for (const [name, file] of entries) {
    check(isFileName(name), `${showValue(name)} is no plain file name`);
    const ok = isRecord(file) && isCount(file.size) && isSha256(file.sha256);
    check(ok, `files.${name} needs size and sha256`);
    const { size } = file as unknown as ManifestFile;
    check(size <= MAX_FILE, `files.${name}.size is ${size}, above ${MAX_FILE}`);
  }
}

/** Returns the listed size of a file; undefined for other files. */
const sizeOf = (files: Manifest['files'], name: unknown): number | undefined =>
  isFileName(name) && Object.hasOwn(files, name) ? files[name]?.size : undefined;

function checkVariants(variants: unknown, files: Manifest['files']): void {
  check(isRecord(variants) && Object.keys(variants).length > 0, 'variants is empty');
  for (const [dtype, graphs] of Object.entries(variants)) {
    check((dtypes as string[]).includes(dtype), `variants.${showValue(dtype)} is no dtype`);
    for (const name of graphNames) {
      const file = isRecord(graphs) && Object.hasOwn(graphs, name) ? graphs[name] : undefined;
      check(sizeOf(files, file), `variants.${dtype}.${name} has no file`);
    }
  }
}

function checkTokenizer(tokenizer: unknown, files: Manifest['files']): void {
  if (tokenizer === undefined) return;
  check(isRecord(tokenizer), 'tokenizer is no object');
  const keys = Object.keys(tokenizer).sort().join();
  const known = keys === 'tokenizerJson' || keys === 'merges,vocab';
  check(known, 'tokenizer is neither tokenizerJson nor vocab and merges');
  for (const name of Object.values(tokenizer)) {
    const size = sizeOf(files, name);
    check(size !== undefined, 'tokenizer names a file that is not listed');
    check(size <= MAX_TEXT_FILE, `tokenizer: ${name} has ${size} bytes, above ${MAX_TEXT_FILE}`);
  }
}

function checkSelfCheck(sample: unknown, config: ClipSegConfig): void {
  if (sample === undefined) return;
  check(isRecord(sample), 'selfCheck is no object');
  const { size, inputIds: ids, embedding, stride, logits, tolerance } = sample;
  const { textConfig, visionConfig, projectionDim } = config;
  const patch = visionConfig.patchSize;
  const isSide = (v: number) => isCount(v) && v > 0 && v <= MAX_CHECK_SIDE && v % patch === 0;
  check(
    isNumbers(size) && size.length === 2 && size.every(isSide),
    `selfCheck.size is ${showValue(size)}, not multiples of ${patch}`,
  );
  const isToken = (id: unknown) => isCount(id) && id < textConfig.vocabSize;
  check(isNumbers(ids) && ids.length > 0 && ids.every(isToken), 'selfCheck.inputIds are no tokens');
  check(ids.length <= textConfig.maxPositionEmbeddings, 'selfCheck.inputIds are too many');
  check(
    embedding === undefined || (isNumbers(embedding) && embedding.length === projectionDim),
    `selfCheck.embedding is no list of ${projectionDim} numbers`,
  );
  check(isCount(stride) && stride > 0, `selfCheck.stride is ${showValue(stride)}`);
  const [h = 0, w = 0] = size;
  const count = Math.ceil(h / stride) * Math.ceil(w / stride);
  check(isNumbers(logits) && logits.length === count, `selfCheck.logits are not ${count} numbers`);
  const isTolerance = (v: unknown) => typeof v === 'number' && v > 0 && Number.isFinite(v);
  const complete = isRecord(tolerance) && dtypes.every((dtype) => isTolerance(tolerance[dtype]));
  check(complete, 'selfCheck.tolerance is incomplete');
}

function checkPositions(positions: unknown, files: Manifest['files'], config: ClipSegConfig): void {
  check(isRecord(positions) && isFileName(positions.file), 'positionEmbedding has no file');
  const { imageSize, patchSize, hiddenSize } = config.visionConfig;
  const dims = [1 + Math.floor(imageSize / patchSize) ** 2, hiddenSize];
  check(
    isNumbers(positions.dims) && positions.dims.join() === dims.join(),
    `positionEmbedding.dims are ${showValue(positions.dims)}, config asks for [${dims.join(', ')}]`,
  );
  const bytes = 4 * dims[0]! * dims[1]!;
  check(sizeOf(files, positions.file) === bytes, `${positions.file} does not have ${bytes} bytes`);
}

/**
 * Checks clipseg.json before anything is loaded.
 * @throws ClipSegError `invalid-model` naming the field
 */
export function parseManifest(json: unknown): Manifest {
  check(isRecord(json), 'the whole is no object');
  const { formatVersion } = json;
  check(
    formatVersion === MANIFEST_FORMAT_VERSION,
    `formatVersion is ${showValue(formatVersion)}; this library reads ${MANIFEST_FORMAT_VERSION}`,
  );
  const { source, files } = json;
  check(isRecord(source) && isText(source.name, MAX_PATH), 'source has no name');
  check(isSha256(source.sha256), 'source has no sha256');
  const config = checkConfig(json.config, refuseIn('config'));
  checkPreprocessing(json.preprocessing, refuseIn('preprocessing'));
  checkFiles(files);
  checkVariants(json.variants, files);
  checkTokenizer(json.tokenizer, files);
  checkSelfCheck(json.selfCheck, config);
  checkPositions(json.positionEmbedding, files, config);
  return json as unknown as Manifest;
}

/**
 * Returns the manifest's entry of a file.
 * @throws ClipSegError `not-found` if there is none
 */
export function listedFile({ files }: Manifest, path: string): ManifestFile {
  const listed = Object.hasOwn(files, path) ? files[path] : undefined;
  if (listed) return listed;
  throw new ClipSegError('not-found', `${MANIFEST_FILE} does not list ${showValue(path)}.`);
}

function unreadable(path: string, what: string, cause?: unknown): never {
  throw new ClipSegError(
    'invalid-model',
    `${path} ${what}: give a folder (or its URL) made by \`clipseg convert\`.`,
    { cause },
  );
}

function decode(content: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    return unreadable(path, 'is not UTF-8 text', cause);
  }
}

/**
 * Reads clipseg.json.
 * @param content bytes or text of the file; 1 MiB at most
 * @param path path of the file in messages
 * @throws ClipSegError `invalid-model` if it is not JSON, or naming the invalid field
 */
export function readManifest(content: Uint8Array | string, path: string = MANIFEST_FILE): Manifest {
  if (content.length > MAX_MANIFEST) {
    return unreadable(path, `has ${content.length} bytes, more than ${MAX_MANIFEST}`);
  }
  checkLfsPointer(content, path, 'invalid-model');
  const text = typeof content === 'string' ? content : decode(content, path);
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const page = text.trimStart().startsWith('<');
    const what = page
      ? 'is a web page, which servers of apps send for files they lack'
      : 'is not JSON';
    return unreadable(path, what, cause);
  }
  return parseManifest(json);
}
