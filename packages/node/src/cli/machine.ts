import { access, constants, stat, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { ClipSegError } from '@clipseg/core';
import { maskedUrl } from '../http/masked-url.js';

// Checks of this machine for `clipseg doctor`. They create, write and send nothing.

export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
}

type Result = string | Omit<Finding, 'check'>;

/** Runs one check; an exception becomes a failure. */
export async function finding(
  check: string,
  run: () => Result | Promise<Result>,
): Promise<Finding> {
  try {
    const found = await run();
    return typeof found === 'string' ? { check, status: 'ok', detail: found } : { check, ...found };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { check, status: 'fail', detail: text.split('\n', 1)[0] ?? '' };
  }
}

async function node(): Promise<Result> {
  const { libcName } = await import('../native/missing-library.js');
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const status = major > 20 || (major === 20 && minor >= 19) ? 'ok' : 'fail';
  const { platform, arch, version } = process;
  const libc = libcName();
  return { status, detail: `${version} on ${platform} ${arch}${libc ? `, ${libc}` : ''}` };
}

async function onnxruntime(): Promise<string> {
  const { availableDevices } = await import('../native/ort-node.js');
  return `devices: ${(await availableDevices()).join(', ')}`;
}

async function telemetry(): Promise<Result> {
  const { switchOffTelemetry, TELEMETRY_SWITCH } = await import('../native/onnxruntime.js');
  switchOffTelemetry();
  const value = process.env[TELEMETRY_SWITCH];
  const setting = `${TELEMETRY_SWITCH}=${value}`;
  if (/^(1|true|yes|on)$/i.test(String(value)))
    return `off: onnxruntime-node sends nothing (${setting})`;
  const detail = `${setting}: onnxruntime-node may send telemetry to its vendor`;
  return { status: 'warn', detail };
}

async function sharp(): Promise<string> {
  const { loadSharp } = await import('../native/sharp.js');
  return `libvips ${(await loadSharp()).versions.vips}`;
}

async function threads(): Promise<string> {
  const { cpuQuota, defaultThreads } = await import('../native/cpu-quota.js');
  const [seen, quota] = [availableParallelism(), cpuQuota()];
  const why = quota === undefined ? '' : `; the CPU quota is ${Number(quota.toFixed(2))}`;
  return `${defaultThreads()} of ${seen} processors${why}`;
}

/** Returns the folder, or the nearest parent that exists. */
async function existing(folder: string): Promise<string> {
  const info = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && dirname(folder) !== folder) return undefined;
    throw error;
  });
  if (!info) return existing(dirname(folder));
  if (!info.isDirectory()) throw new Error(`${folder} is a file, not a folder`);
  return folder;
}

async function writable(folderOf: () => string, variable: string): Promise<Result> {
  let folder = '';
  try {
    folder = folderOf();
    const there = await existing(folder);
    await access(there, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(there);
    return `${folder}, ${((bavail * bsize) / 1e9).toFixed(1)} GB free`;
  } catch (error) {
    if (ClipSegError.isInstance(error)) return { status: 'warn', detail: error.message };
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    const detail = `${folder} is not writable (${reason}): only models that need no conversion can be loaded; set ${variable}`;
    return { status: 'warn', detail };
  }
}

async function cache(): Promise<Result> {
  const { defaultCacheFolder } = await import('../cache/cache-folder.js');
  return writable(defaultCacheFolder, 'CLIPSEG_CACHE');
}

async function hubCacheFolder(): Promise<Result> {
  const { hubCache } = await import('../hub/repository.js');
  return writable(hubCache, 'HF_HOME');
}

const SHOWN = [
  'HF_HOME',
  'HF_HUB_CACHE',
  'HF_HUB_OFFLINE',
  'TRANSFORMERS_OFFLINE',
  'CLIPSEG_CACHE',
  'NO_PROXY',
  'no_proxy',
];
const URLS = ['HF_ENDPOINT', 'HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];
const SECRET = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'];

function environment(): string {
  const each = (names: readonly string[], show: (value: string) => string) =>
    names.flatMap((name) => {
      const value = process.env[name];
      return value ? [`${name}=${show(value)}`] : [];
    });
  const shown = [...each(SHOWN, (value) => value), ...each(URLS, maskedUrl)];
  return [...shown, ...each(SECRET, () => '(set)')].join(' ') || 'no variables set';
}

export const examineMachine = (): Promise<Finding[]> =>
  Promise.all([
    finding('node', node),
    finding('onnxruntime', onnxruntime),
    finding('telemetry', telemetry),
    finding('sharp', sharp),
    finding('threads', threads),
    finding('cache', cache),
    finding('hub cache', hubCacheFolder),
    finding('environment', environment),
  ]);
