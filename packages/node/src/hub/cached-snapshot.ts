import { weightFiles } from '@clipseg/convert';
import { MANIFEST_FILE } from '@clipseg/core/model';
import { folderManifest } from '../cache/folder-manifest.js';
import { isIntact, type Verify } from '../cache/verify.js';
import type { CachedFile, RepoCache } from './cache-layout.js';

/** State of one commit in the cache. */
export interface CachedSnapshot {
  readonly folder: string;
  /** Files that a conversion needs and the cache lacks, for messages. */
  readonly missing: readonly string[];
  /** Files whose content does not match the hash in their blob's name. */
  readonly damaged: readonly string[];
}

interface Options {
  readonly verify: Verify;
  readonly signal?: AbortSignal;
}

type Test = (file: string) => Promise<boolean>;

const all = async (files: readonly string[], test: Test): Promise<boolean[]> =>
  Promise.all(files.map(test));

const PAIR = ['vocab.json', 'merges.txt'];
const EITHER = 'vocab.json with merges.txt (or tokenizer.json)';

/** The tokenizer has two forms. A file that the repository does not have is not missing. */
async function missingTokenizer(has: Test, isAbsent: Test): Promise<string[]> {
  const names = [...PAIR, 'tokenizer.json'];
  const [vocab, merges, json] = await all(names, has);
  if ((vocab && merges) || json) return [];
  const absent = await all(names, isAbsent);
  const missing = names.filter((_, i) => ![vocab, merges, json][i] && !absent[i]);
  return missing.length === names.length ? [EITHER] : missing;
}

async function missingWeights(folder: string, has: Test): Promise<string[]> {
  const names = ['model.safetensors', 'pytorch_model.bin'];
  const known = await all([...names, ...names.map((name) => `${name}.index.json`)], has);
  if (!known.some(Boolean)) return ['model.safetensors'];
  const files = await weightFiles(folder).catch(() => undefined);
  if (!files) return ['the weights that its index names'];
  const found = await all(files, has);
  return files.filter((_, i) => !found[i]);
}

/** A converted model needs at least one complete variant. */
async function missingGraphs(folder: string, has: Test): Promise<string[]> {
  try {
    const { variants, tokenizer, positionEmbedding } = await folderManifest(folder);
    const others = [positionEmbedding.file, ...Object.values(tokenizer ?? {})];
    const lacking = async (files: readonly string[]) => {
      const found = await all(files, has);
      return files.filter((_, i) => !found[i]);
    };
    const graphs = await Promise.all(Object.values(variants).map((v) => lacking(Object.values(v))));
    const shortest = graphs.sort((a, b) => a.length - b.length)[0] ?? [];
    return [...(await lacking(others)), ...shortest];
  } catch {
    return [MANIFEST_FILE];
  }
}

/** Inspects the snapshot of a commit; undefined if the cache has none. */
export async function inspectSnapshot(
  cache: RepoCache,
  commit: string,
  options: Options,
): Promise<CachedSnapshot | undefined> {
  if (!(await cache.hasSnapshot(commit))) return undefined;
  const folder = cache.snapshotOf(commit);
  const files = new Map<string, CachedFile>();
  const has = async (name: string) => {
    const file = await cache.find(commit, name);
    if (file) files.set(name, file);
    return file !== undefined;
  };
  const isAbsent = (name: string) => cache.isAbsent(commit, name);
  const missing: string[] = [];
  if (await has(MANIFEST_FILE)) {
    missing.push(...(await missingGraphs(folder, has)));
  } else {
    if (!(await has('config.json'))) missing.push('config.json');
    const processing = 'preprocessor_config.json';
    if (!(await has(processing)) && !(await isAbsent(processing))) missing.push(processing);
    missing.push(...(await missingTokenizer(has, isAbsent)));
    missing.push(...(await missingWeights(folder, has)));
  }
  const damaged: string[] = [];
  for (const [name, { path, oid }] of files) {
    const check = { ...options, memory: cache.memory };
    if (oid && !(await isIntact(path, oid, undefined, check))) damaged.push(name);
  }
  return { folder, missing, damaged };
}
